using System.Net;
using System.Runtime.CompilerServices;
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
    // The answers to GETs of small files come many to a receive: in the room of a line it would be one and a half.
    private const int SmallGetBytes = 16 * 1024;
    private const int SmallInputBytes = 128 * 1024;

    private readonly LineChannel _channel;
    private readonly Stall _stall;

    private PeerConnection(Connection connection, TimeProvider time, CancellationToken cancellation)
    {
        _channel = new LineChannel(connection.Stream);
        _stall = new Stall(Limits.OwnerStall, time, cancellation);
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
            var line = await peer.ReadLineAsync();
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

    /// <summary>Is sent when there is nothing more to read without waiting, or with <see cref="FlushAsync"/>.</summary>
    public void Ask(Get get)
    {
        if (get.Length <= SmallGetBytes)
            _channel.InputBytes = SmallInputBytes;
        get.WriteTo(_channel);
    }

    public void Ask(Hashes hashes) => hashes.WriteTo(_channel);

    /// <summary>Sends what was asked.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync()
    {
        try
        {
            await _channel.FlushAsync(_stall.Begin());
        }
        catch (OperationCanceledException) when (_stall.IsOver)
        {
            throw new PeerStalledException();
        }
    }

    /// <summary>The line that answers the oldest command not answered yet.</summary>
    /// <exception cref="PeerViolationException">It is no answer that the protocol knows.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PeerReply> ReadReplyAsync()
    {
        var line = await ReadLineAsync() ?? throw new EndOfStreamException("it closed the connection");
        return PeerReply.TryParse(line, out var reply) ? reply : throw new PeerViolationException("it sent an answer that the protocol does not know");
    }

    /// <summary>Up to <paramref name="data"/>'s length of what follows a DATA line: as much as is there, and at least one byte.</summary>
    /// <exception cref="EndOfStreamException">The owner closed the connection instead.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadDataAsync(Memory<byte> data)
    {
        try
        {
            var count = await _channel.ReadBytesAsync(data, _stall.Begin());
            return count > 0 ? count : throw new EndOfStreamException("it closed the connection in the middle of an answer");
        }
        catch (OperationCanceledException) when (_stall.IsOver)
        {
            throw new PeerStalledException();
        }
    }

    /// <summary>Nothing is asked of the owner, so that its silence is no fault.</summary>
    public void ExpectNothing() => _stall.End();

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _stall.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync()
    {
        try
        {
            if (_channel.TryReadLine(out var received))
                return received;
            await _channel.FlushAsync(_stall.Begin());
            return await _channel.ReadLineAsync(_stall.Begin());
        }
        catch (OperationCanceledException) when (_stall.IsOver)
        {
            throw new PeerStalledException();
        }
    }
}
