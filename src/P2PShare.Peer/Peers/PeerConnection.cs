using System.Net;
using P2PShare.Networking;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Peers;

/// <summary>
/// The asking side of the richer conversation with one owner (PROTOCOL.md, section 6). Commands may be sent many at a time;
/// answers come in their order. Every wait for the owner is cancelled after 10 s without a line, or a byte of data, and then <see cref="HasStalled"/>.
/// </summary>
/// <remarks>
/// What is awaited for each piece returns what the stream returns: a method that awaits it in between costs an object each time that
/// the thread changes in the meantime, pooled or not.
/// </remarks>
internal sealed class PeerConnection : IAsyncDisposable
{
    // The answers to GETs of small files come many to a receive: in the room of a line it would be one and a half.
    private const int SmallGetBytes = 16 * 1024;
    private const int SmallInputBytes = 128 * 1024;

    private readonly LineChannel _channel;
    private readonly StallTimer _stall;

    private PeerConnection(Connection connection, TimeProvider time, CancellationToken cancellation)
    {
        _channel = new LineChannel(connection.Stream);
        _stall = new StallTimer(OwnerLimits.Stall, time, cancellation);
    }

    /// <summary>A wait for the owner was too long; every later one ends at once.</summary>
    public bool HasStalled => _stall.IsOver;

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
            var line = await peer._channel.ReadLineAsync(peer._stall.Begin());
            if (line is null || !VersionReply.Parse(line.Value.Span).Features.HasFlag(Features.Swarm))
                throw new PlainPeerException();
            return peer;
        }
        catch (Exception e)
        {
            await peer.DisposeAsync();
            if (e is OperationCanceledException && peer.HasStalled)
                throw new PeerStalledException();
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

    /// <summary>Sends what was asked, and begins the wait for the next answer's line.</summary>
    public ValueTask FlushAsync() => _channel.FlushAsync(_stall.Begin());

    /// <summary>Takes the line that answers the oldest command not answered yet, where it has come.</summary>
    /// <exception cref="PeerViolationException">It is no answer that the protocol knows.</exception>
    public bool TryReadReply(out PeerReply reply)
    {
        reply = default;
        if (!_channel.TryReadLine(out var line))
            return false;
        return PeerReply.TryParse(line, out reply) ? true : throw new PeerViolationException("it sent an answer that the protocol does not know");
    }

    /// <summary>
    /// Waits for more of an answer's line, which has to come whole in the time that <see cref="FlushAsync"/> began: byte by byte it
    /// could take hours. Say <see cref="NoteReceived"/> of what this ends with.
    /// </summary>
    public ValueTask<int> ReceiveAsync() => _channel.ReceiveIntoHeldAsync(_stall.Token);

    /// <summary>So many bytes of an answer have come.</summary>
    /// <exception cref="PeerEndedException">There are none: the owner closed the connection instead.</exception>
    public void NoteReceived(int count)
    {
        if (!_channel.NoteReceived(count))
            throw new PeerEndedException();
    }

    /// <summary>Sends what was asked, and waits for the oldest answer that has not come yet.</summary>
    /// <exception cref="PeerEndedException">The owner closed the connection instead.</exception>
    /// <exception cref="PeerViolationException">It is no answer that the protocol knows.</exception>
    public async Task<PeerReply> ReadReplyAsync()
    {
        await FlushAsync();
        PeerReply reply;
        while (!TryReadReply(out reply))
            NoteReceived(await ReceiveAsync());
        return reply;
    }

    /// <summary>Up to <paramref name="data"/>'s length of what follows a DATA line: as much as is there; 0 only where the owner closed the connection.</summary>
    public ValueTask<int> ReadDataAsync(Memory<byte> data) => _channel.ReadBytesAsync(data, _stall.Begin());

    /// <summary>Nothing is asked of the owner, so that its silence is no fault.</summary>
    public void ExpectNothing() => _stall.End();

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _stall.Dispose();
    }
}
