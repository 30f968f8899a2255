using System.Threading.Channels;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Index;

/// <summary>
/// Reads a server's lines from the first to the last, whether somebody waits for one or not, so that the end of the connection
/// is noticed when it comes. Holds a bounded number of lines; then the server has to wait.
/// </summary>
internal sealed class IndexLines
{
    private const int MostLinesAhead = 1024;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostLinesAhead) { SingleReader = true, SingleWriter = true });

    /// <summary>Reads until the connection ends or is cancelled. Never throws: how it ended is what the next reader learns.</summary>
    public async Task PumpAsync(LineChannel channel, CancellationToken cancellation)
    {
        try
        {
            while (await channel.ReadLineAsync(cancellation) is { } line)
                await _lines.Writer.WriteAsync(line.ToArray(), cancellation);
            _lines.Writer.TryComplete(new ServerAwayException());
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _lines.Writer.TryComplete(e is LineTooLongException ? e : new ServerAwayException());
        }
    }

    /// <summary>Forgets what came unasked, or too late; no more than can wait here, or a flood would never let it end.</summary>
    public void DropWaiting()
    {
        for (var dropped = 0; dropped < MostLinesAhead && _lines.Reader.TryRead(out _); dropped++)
        {
        }
    }

    /// <summary>The next line, or null where none comes in time.</summary>
    /// <exception cref="IOException">The connection has ended.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> TryReadAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        if (_lines.Reader.TryRead(out var ready))
            return ready;
        using var tooLong = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellation);
        try
        {
            return await _lines.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (ChannelClosedException e)
        {
            throw e.InnerException as IOException ?? new ServerAwayException();
        }
    }
}
