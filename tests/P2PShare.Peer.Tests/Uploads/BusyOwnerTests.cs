using System.Net;
using System.Text;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>An owner none of whose upload slots comes free.</summary>
public sealed class BusyOwnerTests
{
    private const int Asked = 8;

    [Fact]
    public async Task GETs_that_come_together_are_all_answered_BUSY_after_5_s_and_what_was_owed_before_is_not_kept_back()
    {
        var time = new ManualTimeProvider();
        using var pair = new StreamPair();
        using var ending = new CancellationTokenSource();
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", new SeededBytes(1).Create(Asked * Limits.PieceBytes));
        var slots = new UploadSlots(0, 0, UploadLimits.SlotPatience, time);
        var session = new PeerSession(
            new StreamConnection(pair.Near, new IPEndPoint(IPAddress.Loopback, 1), pair.Reset), owner.Shared, owner.Layers, slots, time, Logger.None).RunAsync(ending.Token);

        var gets = Enumerable.Range(0, Asked).Select(n => $"GET {row.Identity!.Value.Id} {(long)n * Limits.PieceBytes} {Limits.PieceBytes}\n");
        await pair.Far.WriteAsync(Encoding.ASCII.GetBytes("PROTO_VERSION 1.0\n" + string.Concat(gets)));
        (await ReadAsync(pair.Far, "VERSION_OK SWARM\n".Length)).Should().Be("VERSION_OK SWARM\n");
        await Eventually.True(() => time.UntilNextTimer == UploadLimits.SlotPatience, "the wait for a slot");
        time.Advance(UploadLimits.SlotPatience);

        (await ReadAsync(pair.Far, Asked * "BUSY 5\n".Length)).Should().Be(string.Concat(Enumerable.Repeat("BUSY 5\n", Asked)));
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
