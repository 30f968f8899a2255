using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking;

/// <summary>
/// A connection as the rest of the program sees it: a stream, the address of the other side, and ways to end it. A subclass over
/// sockets may do better than the portable defaults.
/// </summary>
public abstract class Connection : IAsyncDisposable
{
    // Fewer writes wake the reader less often.
    private const int MaxCopyBytes = 256 * 1024;

    /// <summary>Bytes both ways. Disposing it closes the connection in order.</summary>
    public abstract Stream Stream { get; }

    /// <summary>The other side's address as this side sees it, never as the other side claims it.</summary>
    public abstract IPEndPoint Remote { get; }

    /// <summary>The key that the other side proved to have, over TLS; null in clear text, and where it showed none.</summary>
    public virtual KeyFingerprint? RemoteKey => null;

    /// <summary>Whether nobody on the way can read or change the bytes.</summary>
    public virtual bool IsEncrypted => false;

    /// <summary>
    /// Waits for the first byte that the other side sends, and leaves it in the stream. No read may be under way, and nothing may have
    /// been read before.
    /// </summary>
    /// <returns>-1 at the end of the stream.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public abstract ValueTask<int> PeekByteAsync(CancellationToken cancellation);

    /// <summary>
    /// Closes with a reset (RST), so that the other side cannot take what it has for the whole. Does not throw when the connection is
    /// already gone: timers call it, and may come late.
    /// </summary>
    public abstract void Abort();

    /// <summary>Half-closes: sends FIN and goes on receiving. Does not throw when the connection is already gone.</summary>
    public abstract void CloseSending();

    /// <summary>
    /// Keeps at most about so many bytes waiting in the system's send buffer, where the system can: a write then ends when its bytes are
    /// on their way.
    /// </summary>
    public virtual void LimitUnsent(int bytes)
    {
    }

    /// <summary>Bytes that were sent and that the other side has not taken yet; null where the system does not tell.</summary>
    public virtual int? UntakenBytes => null;

    /// <summary>Sends a part of a file. Offset and length are in bytes.</summary>
    /// <returns>The bytes that were sent: fewer than <paramref name="length"/> only where the file ended before.</returns>
    /// <exception cref="IOException">The connection broke, or the file cannot be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public virtual async ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(MaxCopyBytes, length));
        try
        {
            long sent = 0;
            while (sent < length)
            {
                var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - sent)), offset + sent);
                if (count == 0)
                    break;
                await Stream.WriteAsync(buffer.AsMemory(0, count), cancellation);
                sent += count;
            }

            return sent;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Disposes the stream, which closes the connection in order.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Stream.DisposeAsync();
    }

    /// <summary>
    /// Waits until every connection of the current batch has read. A batch is the set of connections that one event loop found
    /// readable together. After the wait their work can be prepared together, and their replies leave together. Completes at once
    /// where there is no batch.
    /// </summary>
    public virtual ValueTask WaitForBatchAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Lets other connections that are ready run before long work goes on. True where there were any; false where there were none, or
    /// where this is not known.
    /// </summary>
    public virtual async ValueTask<bool> YieldAsync()
    {
        await Task.Yield();
        return false;
    }
}
