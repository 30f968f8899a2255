using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking.Linux;

/// <summary>Sends a part of a file from the page cache into a socket with sendfile(2): its bytes never pass through this process.</summary>
[SupportedOSPlatform("linux")]
internal static partial class SendFile
{
    private const int CopyBytes = 64 * 1024;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private const int NotSupported = 22; // EINVAL: the file system has no sendfile

    /// <summary>The bytes that were sent: fewer than <paramref name="length"/> only where the file ended before.</summary>
    /// <exception cref="IOException">The connection broke, or the file cannot be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<long> SendAsync(
        Socket socket, SafeFileHandle file, long offset, long length, CancellationToken cancellation)
    {
        long sent = 0;
        while (sent < length)
        {
            var count = TrySend(socket, file, offset + sent, length - sent);
            if (count < 0)
                count = await CopyAsync(socket, file, offset + sent, length - sent, cancellation);
            if (count == 0)
                break;
            sent += count;
        }

        return sent;
    }

    // The socket's buffer is full. The next bytes are copied: that send completes when there is room again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<long> CopyAsync(
        Socket socket, SafeFileHandle file, long offset, long length, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(CopyBytes, length)), offset);
            for (var sent = 0; sent < count;)
                sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, cancellation);
            return count;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Negative where the socket's buffer is full, or sendfile does not work with this file.
    private static long TrySend(Socket socket, SafeFileHandle file, long offset, long length)
    {
        while (true)
        {
            var count = NativeSendFile(socket.SafeHandle, file, ref offset, (nuint)length);
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is 0 or TryAgain or NotSupported)
                return count;
            if (error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), new SocketException(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendfile64", SetLastError = true)]
    private static partial nint NativeSendFile(SafeHandle socket, SafeHandle file, ref long offset, nuint length);
}
