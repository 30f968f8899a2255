using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Sharing;

namespace P2PShare.Peer.Uploads;

/// <summary>An open handle to a shared file that was unchanged since its announcement when it was opened.</summary>
internal sealed class OpenSharedFile : IDisposable
{
    private OpenSharedFile(SharedFile file, SafeFileHandle handle) => (File, Handle) = (file, handle);

    public SharedFile File { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>False where the file at the announced path is missing, unreadable, or not the one that was announced.</summary>
    public static bool TryOpen(SharedFile file, [NotNullWhen(true)] out OpenSharedFile? opened)
    {
        opened = null;
        try
        {
            // The stamp first: it rejects a pipe or a device in the file's place, which could block when opened.
            if (FileStamp.Of(file.Path) != file.Stamp)
                return false;
            var handle = ContentIdentifier.OpenForReading(file.Path);
            if (FileStamp.Of(handle) == file.Stamp)
                opened = new OpenSharedFile(file, handle);
            else
                handle.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return opened is not null;
    }

    /// <summary>Reads a whole small file, with half the system calls of <see cref="TryOpen"/> and a read.</summary>
    /// <param name="file">The announced file.</param>
    /// <param name="content">Receives the content; as long as the announced file.</param>
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

            using var handle = LinuxFile.TryOpenNonBlocking(file.Path);
            return handle is not null && FileStamp.Of(handle) == file.Stamp && LinuxFile.Read(handle, content) == content.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether neither the open file nor the file at its path has changed since the announcement.</summary>
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
