using System.Text;
using P2PShare.Protocol.Transport;

namespace P2PShare.Testing.Peers;

/// <summary>
/// The other side of a conversation, an owner or a server, that answers every line rightly and closes each connection after so
/// many bytes of its answers, wherever that falls. In memory, so that there is time for a cut at every byte.
/// </summary>
/// <param name="answer">From a line, without its end, to the bytes that answer it.</param>
/// <param name="bytes">How many bytes of answers a connection lives for.</param>
/// <param name="resets">It breaks off with a reset, and what is on its way is lost; else it closes in order.</param>
public sealed class CuttingPeer(Func<string, ReadOnlyMemory<byte>> answer, long bytes, bool resets = false) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(StreamPair Pair, Task Serving)> _connections = [];

    /// <summary>How often somebody connected.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>No connection is left: it has cut them all, or the other sides have closed.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _connections.TrueForAll(connection => connection.Serving.IsCompleted);
        }
    }

    /// <summary>Bytes of answers that it has sent.</summary>
    public long Sent { get; private set; }

    /// <summary>A connection to it, from the moment on.</summary>
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
            // The other side has closed first.
        }

        if (resets)
            pair.Reset();
        else
            pair.Far.Dispose();
    }

    private async Task AnswerAsync(PairedStream far)
    {
        var left = bytes;
        var ear = new LineChannel(far);
        while (left > 0 && await ear.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var whole = answer(Encoding.UTF8.GetString(line.Span));
            var said = whole[..(int)Math.Min(whole.Length, left)];
            await far.WriteAsync(said);
            (left, Sent) = (left - said.Length, Sent + said.Length);
        }
    }
}
