using System.Runtime.InteropServices;
using P2PShare.Networking.Linux;

namespace P2PShare.Networking.Storage;

/// <summary>
/// Writes files that only their owner can read, and that are whole or not there, whenever the program or the machine stops.
/// </summary>
public static partial class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces a file. Its folder has to exist.</summary>
    /// <exception cref="IOException">The file cannot be written; an older one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Makes a file where there is none. Its folder has to exist.</summary>
    /// <returns>False where there is one.</returns>
    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})"/>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Write(path, content, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = Create(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (overwrite || !TryLink(temporary, full))
                File.Move(temporary, full, overwrite);

            // A rename is on the disk when its folder is.
            if (Platform.UsesLinuxCalls)
                FolderSync.Run(folder);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // On Unix, File.Move looks for the destination before it renames, and replaces a file that appears in between. On Windows it is
    // atomic.
    private static bool TryLink(string path, string added) => !OperatingSystem.IsWindows() && Link(path, added) == 0;

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);
}
