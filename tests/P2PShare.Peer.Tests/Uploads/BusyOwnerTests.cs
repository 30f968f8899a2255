using System.Net;
using System.Text;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>An owner whose upload slots stay taken.</summary>
public sealed class BusyOwnerTests
{
    private const int Requested = 8;

    [Fact]
    public async Task Pipelined_GETs_share_one_wait_of_5_s_and_earlier_replies_are_sent_before_it()
    {
        var time = new ManualTimeProvider();
        using var pair = new StreamPair();
        using var ending = new CancellationTokenSource();
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", new SeededBytes(1).Create(Requested * Limits.PieceBytes));
        var slots = new UploadSlots(0, 0, UploadLimits.SlotPatience, time);
        var connection = new StreamConnection(pair.Near, new IPEndPoint(IPAddress.Loopback, 1), pair.Reset);
        var session = new PeerSession(
            connection, new UploadServices(owner.Shared, owner.Layers, new GivingPeers(), slots, time, Logger.None)).RunAsync(ending.Token);

        var gets = Enumerable.Range(0, Requested)
            .Select(n => $"GET {row.Identity!.Value.Id} {(long)n * Limits.PieceBytes} {Limits.PieceBytes}\n");
        await pair.Far.WriteAsync(Encoding.ASCII.GetBytes("PROTO_VERSION 1.0\n" + string.Concat(gets)));
        (await ReadAsync(pair.Far, "VERSION_OK SWARM PIECES META\n".Length)).Should().Be("VERSION_OK SWARM PIECES META\n");
        await Eventually.True(() => time.UntilNextTimer == UploadLimits.SlotPatience, "the wait for a slot");
        time.Advance(UploadLimits.SlotPatience);

        var expected = string.Concat(Enumerable.Repeat("BUSY 5\n", Requested));
        (await ReadAsync(pair.Far, expected.Length)).Should().Be(expected);
        await ending.CancelAsync();
        await session.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<string> ReadAsync(Stream stream, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, deadline.Token);
        return Encoding.ASCII.GetString(bytes);
    }
}
