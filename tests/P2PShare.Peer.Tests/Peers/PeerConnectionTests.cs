using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Peers;

/// <summary>How slowly an owner may send a reply's line and its data.</summary>
public sealed class PeerConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan BetweenBytes = TimeSpan.FromSeconds(4);

    // With a capacity of one byte, a completed write means that the byte before it has been read.
    private readonly StreamPair _pair = new(capacity: 1);
    private readonly ManualTimeProvider _time = new();
    private PeerConnection? _peer;

    public async Task InitializeAsync()
    {
        var opening = PeerConnection.OpenAsync(
            (to, _) => Task.FromResult<Connection>(new StreamConnection(_pair.Near, (IPEndPoint)to, _pair.Reset)),
            PeerAddress.Create(IPAddress.Loopback, 1), new RateLimiter(_time), _time, CancellationToken.None);
        await Task.WhenAll(ReceiveAsync("PROTO_VERSION 1.0\n".Length), SendAsync("VERSION_OK SWARM\n"u8.ToArray()));
        _peer = await opening;
        _peer.Ask(new Hashes(default, 0, 2));
    }

    public async Task DisposeAsync()
    {
        await _peer!.DisposeAsync();
        _pair.Dispose();
    }

    [Fact]
    public async Task Reply_line_that_comes_byte_by_byte_is_a_stall_after_10_s()
    {
        var receiving = ReceiveAsync(int.MaxValue);
        var reading = _peer!.ReadReplyAsync();

        foreach (var one in "DATA 64\n"u8.ToArray())
        {
            if (await Task.WhenAny(reading, SendAsync([one])) == reading)
                break;
            _time.Advance(BetweenBytes);
        }

        await reading.Invoking(task => task.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OperationCanceledException>();
        _peer.HasStalled.Should().BeTrue();
        _pair.Near.Dispose();
        await receiving;
    }

    [Fact]
    public async Task Data_that_comes_byte_by_byte_is_no_stall()
    {
        var receiving = ReceiveAsync(int.MaxValue);
        var reading = _peer!.ReadReplyAsync();
        await SendAsync("DATA 64\n"u8.ToArray());
        (await reading).Should().Be(new PeerReply(PeerReplyKind.Data, 64));

        for (var came = 0; came < 64; came++)
        {
            var data = _peer.ReadDataAsync(new byte[64]).AsTask();
            _time.Advance(BetweenBytes);
            await SendAsync([1]);
            (await data).Should().Be(1);
        }

        _peer.HasStalled.Should().BeFalse();
        _pair.Near.Dispose();
        await receiving;
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _pair.Far.WriteAsync(bytes);
    }

    private async Task ReceiveAsync(int count)
    {
        var one = new byte[1];
        while (count-- > 0 && await _pair.Far.ReadAsync(one) > 0)
        {
        }
    }
}
