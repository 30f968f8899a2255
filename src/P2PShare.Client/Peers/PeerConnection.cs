using System.Net;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Client.Peers;

/// <summary>
/// The asking side of the richer conversation with one owner (PROTOCOL.md, section 6). Commands may be sent many at a time;
/// answers come in their order. Every wait for the owner ends after 10 s without a byte.
/// </summary>
internal sealed class PeerConnection : IAsyncDisposable
{
    private readonly LineChannel _channel;
    private readonly CancellationTokenSource _stall;
    private readonly CancellationTokenSource _either;

    private PeerConnection(Connection connection, TimeProvider time, CancellationToken cancellation)
    {
        _channel = new LineChannel(connection.Stream);
        _stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stall.Token, cancellation);
    }

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="dial">Makes the connection.</param>
    /// <param name="owner">Whom to connect to.</param>
    /// <param name="time">The clock of every time-out.</param>
    /// <param name="cancellation">Ends this and every later wait on the connection.</param>
    /// <exception cref="IOException">The owner broke off, stalled, or is a plain one (<see cref="PlainPeerException"/>).</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers there.</exception>
    public static async Task<PeerConnection> OpenAsync(Dial dial, PeerAddress owner, TimeProvider time, CancellationToken cancellation)
    {
        var peer = new PeerConnection(await dial(new IPEndPoint(owner.Ip, owner.Port), cancellation), time, cancellation);
        try
        {
            new ProtoVersion().WriteTo(peer._channel);
            await peer.FlushAsync();
            var line = await peer.WaitAsync(peer._channel.ReadLineAsync);
            if (line is null || !VersionReply.Parse(line.Value.Span).Features.HasFlag(Features.Swarm))
                throw new PlainPeerException();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public void Ask(Get get) => get.WriteTo(_channel);

    public void Ask(Hashes hashes) => hashes.WriteTo(_channel);

    /// <summary>Sends what was asked.</summary>
    public async ValueTask FlushAsync()
    {
        _stall.CancelAfter(Limits.OwnerStall);
        try
        {
            await _channel.FlushAsync(_either.Token);
        }
        catch (OperationCanceledException) when (_stall.IsCancellationRequested)
        {
            throw new PeerStalledException();
        }
    }

    /// <summary>The line that answers the oldest command not answered yet.</summary>
    /// <exception cref="PeerViolationException">It is no answer that the protocol knows.</exception>
    public async ValueTask<PeerReply> ReadReplyAsync()
    {
        var line = await WaitAsync(_channel.ReadLineAsync) ?? throw new EndOfStreamException("it closed the connection");
        return PeerReply.TryParse(line, out var reply) ? reply : throw new PeerViolationException("it sent an answer that the protocol does not know");
    }

    /// <summary>Fills <paramref name="data"/> with what follows a DATA line; tells <paramref name="received"/> of each part.</summary>
    public async ValueTask ReadDataAsync(Memory<byte> data, Action<int>? received)
    {
        while (!data.IsEmpty)
        {
            var part = data;
            var count = await WaitAsync(token => _channel.ReadBytesAsync(part, token));
            if (count == 0)
                throw new EndOfStreamException("it closed the connection in the middle of a piece");
            received?.Invoke(count);
            data = data[count..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _either.Dispose();
        _stall.Dispose();
    }

    private async ValueTask<T> WaitAsync<T>(Func<CancellationToken, ValueTask<T>> read)
    {
        _stall.CancelAfter(Limits.OwnerStall);
        try
        {
            return await read(_either.Token);
        }
        catch (OperationCanceledException) when (_stall.IsCancellationRequested)
        {
            throw new PeerStalledException();
        }
        finally
        {
            _stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
