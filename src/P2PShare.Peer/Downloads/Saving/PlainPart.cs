using Microsoft.Win32.SafeHandles;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>What has come of a file that cannot be verified, under a name beside its goal; it is finished or discarded, never resumed.</summary>
internal sealed class PlainPart
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private PlainPart(string path, SafeFileHandle handle) => (_path, _handle) = (path, handle);

    /// <exception cref="SaveFailedException">No such file can be made.</exception>
    public static PlainPart Create(string goal)
    {
        for (var candidate = 0; ; candidate++)
        {
            var path = PartialFile.NameBeside(goal, candidate);
            try
            {
                return new PlainPart(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
            }
            catch (IOException) when (Path.Exists(path) && candidate < PartialFile.MostCandidates)
            {
                // Taken; the next name may be free.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SaveFailedException(e.Message, e);
            }
        }
    }

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

    /// <summary>Makes it durable and gives it the first of <paramref name="goals"/> that is free.</summary>
    public string Finish(IEnumerable<string> goals)
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
            var path = goals.First(goal => FinalName.TryGive(_path, goal));
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
