using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Sharing;

namespace P2PShare.Peer.Uploads;

/// <summary>A shared file, opened, and still the one that was announced.</summary>
internal sealed class OpenShare : IDisposable
{
    private OpenShare(SharedFile file, SafeFileHandle handle) => (File, Handle) = (file, handle);

    public SharedFile File { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>False where the file at the announced path is gone, cannot be read, or is another than was announced.</summary>
    public static bool TryOpen(SharedFile file, [NotNullWhen(true)] out OpenShare? opened)
    {
        opened = null;
        try
        {
            // Stamp first: it refuses a pipe or a device put in the file's place, whose opening could block.
            if (FileStamp.Of(file.Path) != file.Stamp)
                return false;
            var handle = ContentIdentifier.OpenForReading(file.Path);
            if (FileStamp.Of(handle) == file.Stamp)
                opened = new OpenShare(file, handle);
            else
                handle.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return opened is not null;
    }

    /// <summary>Reads the whole of a small file, in half the system calls of <see cref="TryOpen"/> and what follows it.</summary>
    /// <param name="file">What was announced.</param>
    /// <param name="content">As long as the file was then.</param>
    /// <returns>False as with <see cref="TryOpen"/>.</returns>
    public static bool TryRead(SharedFile file, Span<byte> content)
    {
        try
        {
            if (!Platform.UsesLinuxCalls)
            {
                using var opened = TryOpen(file, out var open) ? open : null;
                return opened is not null && RandomAccess.Read(opened.Handle, content, 0) == content.Length;
            }

            using var handle = LinuxFile.TryOpenAtOnce(file.Path);
            return handle is not null && FileStamp.Of(handle) == file.Stamp && LinuxFile.Read(handle, content) == content.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Looks again, both at the open file and at what its path now leads to.</summary>
    public bool IsUnchanged()
    {
        try
        {
            return FileStamp.Of(Handle) == File.Stamp && FileStamp.Of(File.Path) == File.Stamp;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose() => Handle.Dispose();
}
