using Microsoft.Win32.SafeHandles;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file from an owner that speaks only protocol 1.0, under a name beside its destination. It cannot be verified, so it is never
/// resumed.
/// </summary>
internal sealed class PlainPart
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private PlainPart(string path, SafeFileHandle handle) => (_path, _handle) = (path, handle);

    /// <exception cref="SaveFailedException">The file cannot be created.</exception>
    public static PlainPart Create(string destination)
    {
        for (var number = 0; ; number++)
        {
            var path = PartialFile.PartName(destination, number);
            try
            {
                return new PlainPart(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
            }
            catch (IOException) when (Path.Exists(path) && number < PartialFile.MaxPartNames)
            {
                // The name is taken; the next may be free.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SaveFailedException(e.Message, e);
            }
        }
    }

    /// <exception cref="SaveFailedException">It cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (IOException e)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }

    /// <summary>Makes the file durable, gives it the first of <paramref name="candidates"/> that is free, and returns that path.</summary>
    /// <exception cref="SaveFailedException">It cannot be synced or renamed.</exception>
    public string Finish(IEnumerable<string> candidates)
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
            var path = candidates.First(candidate => FinalName.TryRename(_path, candidate));
            RandomAccess.FlushToDisk(_handle);
            _handle.Dispose();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }

    public void Discard()
    {
        _handle.Dispose();
        File.Delete(_path);
    }
}
