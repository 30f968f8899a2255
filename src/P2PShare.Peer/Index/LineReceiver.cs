using System.Threading.Channels;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Index;

/// <summary>
/// Receives a server's lines continuously, also while no reply is awaited, so that the end of the connection is noticed at once.
/// Queues a bounded number of lines; when the queue is full, it stops reading and TCP holds the server back.
/// </summary>
internal sealed class LineReceiver
{
    private const int QueueCapacity = 1024;

    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(QueueCapacity) { SingleReader = true, SingleWriter = true });

    /// <summary>
    /// Receives until the connection ends or is cancelled. Never throws: the next <see cref="TryReadAsync"/> reports how it ended.
    /// </summary>
    public async Task RunAsync(LineChannel channel, CancellationToken cancellation)
    {
        try
        {
            while (await channel.ReadLineAsync(cancellation) is { } line)
                await _queue.Writer.WriteAsync(line.ToArray(), cancellation);
            _queue.Writer.TryComplete(new ServerUnavailableException());
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _queue.Writer.TryComplete(e is LineTooLongException ? e : new ServerUnavailableException());
        }
    }

    /// <summary>
    /// Discards lines that came unasked or too late. At most one full queue, because a flood would keep it busy without end.
    /// </summary>
    public void DiscardQueued()
    {
        for (var discarded = 0; discarded < QueueCapacity && _queue.Reader.TryRead(out _); discarded++)
        {
        }
    }

    /// <summary>The next line, or null where none comes within <paramref name="timeout"/>.</summary>
    /// <exception cref="IOException">The connection has ended.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> TryReadAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        if (_queue.Reader.TryRead(out var ready))
            return ready;
        using var expired = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        try
        {
            return await _queue.Reader.ReadAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (ChannelClosedException e)
        {
            throw e.InnerException as IOException ?? new ServerUnavailableException();
        }
    }
}
