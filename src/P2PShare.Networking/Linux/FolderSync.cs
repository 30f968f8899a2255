using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking.Linux;

/// <summary>Makes the names in a folder durable (fsync(2) of the folder). .NET opens no folders.</summary>
[SupportedOSPlatform("linux")]
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void Run(string folder)
    {
        using var handle = NativeOpen(folder, ReadOnly | CloseOnExec);
        if (handle.IsInvalid || NativeSync(handle) != 0)
            throw new IOException($"{folder} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int NativeSync(SafeFileHandle file);
}
