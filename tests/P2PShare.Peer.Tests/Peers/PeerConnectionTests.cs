using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Peers;

/// <summary>What an owner may take its time for, and what not.</summary>
public sealed class PeerConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan BetweenBytes = TimeSpan.FromSeconds(4);

    // Of one byte: whoever has written the next knows that the last was read.
    private readonly StreamPair _pair = new(capacity: 1);
    private readonly ManualTimeProvider _time = new();
    private PeerConnection? _peer;

    public async Task InitializeAsync()
    {
        var opening = PeerConnection.OpenAsync(
            (to, _) => Task.FromResult<Connection>(new StreamConnection(_pair.Near, (IPEndPoint)to, _pair.Reset)),
            PeerAddress.Create(IPAddress.Loopback, 1), _time, CancellationToken.None);
        await Task.WhenAll(HearAsync("PROTO_VERSION 1.0\n".Length), SayAsync("VERSION_OK SWARM\n"u8.ToArray()));
        _peer = await opening;
        _peer.Ask(new Hashes(default, 0, 2));
    }

    public async Task DisposeAsync()
    {
        await _peer!.DisposeAsync();
        _pair.Dispose();
    }

    [Fact]
    public async Task A_line_that_comes_byte_by_byte_is_a_stall_after_10_s()
    {
        var hearing = HearAsync(int.MaxValue);
        var reading = _peer!.ReadReplyAsync();

        foreach (var one in "DATA 64\n"u8.ToArray())
        {
            if (await Task.WhenAny(reading, SayAsync([one])) == reading)
                break;
            _time.Advance(BetweenBytes);
        }

        await reading.Invoking(task => task.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OperationCanceledException>();
        _peer.HasStalled.Should().BeTrue();
        _pair.Near.Dispose();
        await hearing;
    }

    [Fact]
    public async Task Data_that_come_byte_by_byte_are_none()
    {
        var hearing = HearAsync(int.MaxValue);
        var reading = _peer!.ReadReplyAsync();
        await SayAsync("DATA 64\n"u8.ToArray());
        (await reading).Should().Be(new PeerReply(PeerReplyKind.Data, 64));

        for (var came = 0; came < 64; came++)
        {
            var data = _peer.ReadDataAsync(new byte[64]).AsTask();
            _time.Advance(BetweenBytes);
            await SayAsync([1]);
            (await data).Should().Be(1);
        }

        _peer.HasStalled.Should().BeFalse();
        _pair.Near.Dispose();
        await hearing;
    }

    private async Task SayAsync(byte[] bytes)
    {
        await _pair.Far.WriteAsync(bytes);
    }

    private async Task HearAsync(int count)
    {
        var one = new byte[1];
        while (count-- > 0 && await _pair.Far.ReadAsync(one) > 0)
        {
        }
    }
}
