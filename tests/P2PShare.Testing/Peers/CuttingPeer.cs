using System.Text;
using P2PShare.Protocol.Transport;

namespace P2PShare.Testing.Peers;

/// <summary>
/// A fake owner or server that answers correctly and closes each connection after a number of bytes of its answers. It works in
/// memory, which is fast enough for tests that cut at every byte.
/// </summary>
/// <param name="answer">Returns the answer to a line without its line end.</param>
/// <param name="bytes">Bytes of answers after which it closes a connection.</param>
/// <param name="resets">Whether it closes with a reset, which loses bytes in transit, or in order.</param>
public sealed class CuttingPeer(Func<string, ReadOnlyMemory<byte>> answer, long bytes, bool resets = false) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(StreamPair Pair, Task Serving)> _connections = [];

    /// <summary>The number of connections so far.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Whether every connection is closed, by it or by the other side.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _connections.TrueForAll(connection => connection.Serving.IsCompleted);
        }
    }

    /// <summary>Bytes of answers sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Opens a connection to it.</summary>
    public StreamPair Connect()
    {
        var pair = new StreamPair();
        lock (_lock)
            _connections.Add((pair, Task.Run(() => ServeAsync(pair))));
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (pair, serving) in _connections)
        {
            pair.Dispose();
            await serving;
        }
    }

    private async Task ServeAsync(StreamPair pair)
    {
        try
        {
            await AnswerAsync(pair.Far);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The other side closed first.
        }

        if (resets)
            pair.Reset();
        else
            pair.Far.Dispose();
    }

    private async Task AnswerAsync(PairedStream far)
    {
        var left = bytes;
        var lines = new LineChannel(far);
        while (left > 0 && await lines.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var whole = answer(Encoding.UTF8.GetString(line.Span));
            var part = whole[..(int)Math.Min(whole.Length, left)];
            await far.WriteAsync(part);
            (left, Sent) = (left - part.Length, Sent + part.Length);
        }
    }
}
