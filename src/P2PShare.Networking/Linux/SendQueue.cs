using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace P2PShare.Networking.Linux;

/// <summary>What waits in a socket's send buffer (SIOCOUTQ, tcp(7)).</summary>
[SupportedOSPlatform("linux")]
internal static partial class SendQueue
{
    private const nuint UnacknowledgedBytes = 0x5411; // SIOCOUTQ

    /// <summary>Bytes that were sent and are not acknowledged; null where the socket is closed.</summary>
    public static int? BytesOf(SafeHandle socket)
    {
        try
        {
            return Control(socket, UnacknowledgedBytes, out var bytes) == 0 ? bytes : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle socket, nuint request, out int value);
}
