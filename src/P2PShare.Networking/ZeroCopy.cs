using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking;

/// <summary>Sends a part of a file from the page cache into a socket, without its bytes ever passing through this process: sendfile(2).</summary>
internal static partial class ZeroCopy
{
    private const int BridgeBytes = 64 * 1024;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private const int NotThisFile = 22; // EINVAL: a file system without it

    /// <summary>The bytes that were sent: fewer than <paramref name="length"/> where the file ended before.</summary>
    /// <exception cref="IOException">The connection broke, or the file cannot be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<long> SendAsync(Socket socket, SafeFileHandle file, long offset, long length, CancellationToken cancellation)
    {
        long sent = 0;
        while (sent < length)
        {
            var count = SendFile(socket, file, offset + sent, length - sent);
            if (count < 0)
                count = await SendBridgeAsync(socket, file, offset + sent, length - sent, cancellation);
            if (count == 0)
                break;
            sent += count;
        }

        return sent;
    }

    // The socket is full. The next few bytes go the ordinary way, whose end says that there is room again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<long> SendBridgeAsync(Socket socket, SafeFileHandle file, long offset, long length, CancellationToken cancellation)
    {
        var bridge = ArrayPool<byte>.Shared.Rent(BridgeBytes);
        try
        {
            var count = RandomAccess.Read(file, bridge.AsSpan(0, (int)Math.Min(BridgeBytes, length)), offset);
            for (var sent = 0; sent < count;)
                sent += await socket.SendAsync(bridge.AsMemory(sent, count - sent), SocketFlags.None, cancellation);
            return count;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bridge);
        }
    }

    // Negative where the socket is full, or the file has to go the ordinary way altogether.
    private static long SendFile(Socket socket, SafeFileHandle file, long offset, long length)
    {
        while (true)
        {
            var count = SendFile(socket.SafeHandle, file, ref offset, (nuint)length);
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is 0 or TryAgain or NotThisFile)
                return count;
            if (error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), new SocketException(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendfile64", SetLastError = true)]
    private static partial nint SendFile(SafeHandle socket, SafeHandle file, ref long offset, nuint length);
}
