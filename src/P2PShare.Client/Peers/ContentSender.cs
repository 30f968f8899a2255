using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol;
using P2PShare.Protocol.Transport;

namespace P2PShare.Client.Peers;

/// <summary>Sends a part of a file over a channel through one pooled buffer.</summary>
internal static class ContentSender
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>The bytes that were sent: fewer than <paramref name="length"/> where the file ended before.</summary>
    /// <exception cref="OperationCanceledException">The requester took no byte for 30 s, or the program ends.</exception>
    public static async ValueTask<long> SendAsync(
        SafeFileHandle file, long offset, long length, LineChannel channel, TimeProvider time, CancellationToken cancellation)
    {
        var chunk = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, length));
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellation);
        try
        {
            long sent = 0;
            while (sent < length)
            {
                var count = RandomAccess.Read(file, chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - sent)), offset + sent);
                if (count == 0)
                    break;
                stall.CancelAfter(Limits.RequesterStall);
                await channel.WriteBytesAsync(chunk.AsMemory(0, count), either.Token);
                sent += count;
            }

            return sent;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
