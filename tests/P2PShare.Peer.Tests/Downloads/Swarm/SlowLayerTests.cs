using System.Net;
using System.Text;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>An owner that sends the hashes of a piece layer slowly.</summary>
public sealed class SlowLayerTests : DownloadScene
{
    private const int Size = 3 * MiB + 5;
    private const int LayerBytes = 4 * 32;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly PeerAddress Slow = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);
    private static readonly PeerAddress Honest = PeerAddress.Create(IPAddress.Parse("192.0.2.2"), 9001);

    private readonly byte[] _content = new SeededBytes(51).Create(Size);
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _isAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HonestOwner? _honest;

    [Fact]
    public async Task Another_owner_is_asked_for_the_hashes_when_the_first_one_trickles_them()
    {
        var outcome = await FetchAsync(TimeSpan.FromSeconds(5), withHonest: true);

        outcome.Should().BeOfType<DownloadOutcome.Saved>().Which.Transfer.RejectedOwners.Should().BeEmpty();
        _time.GetElapsedTime(0).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Owner_that_is_slow_and_alone_is_waited_for_as_long_as_hashes_come()
    {
        var outcome = await FetchAsync(TimeSpan.FromSeconds(25.0 / LayerBytes), withHonest: false);

        outcome.Should().BeOfType<DownloadOutcome.Saved>();
        _time.GetElapsedTime(0).Should().BeGreaterThan(TimeSpan.FromSeconds(20), "that is how long a download waits without progress");
    }

    private async Task<DownloadOutcome> FetchAsync(TimeSpan perByte, bool withHonest)
    {
        await using var sharing = new SharingPeer();
        var row = await sharing.ShareAsync("a", _content);
        _honest = new HonestOwner(_content, sharing.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var honest = new CuttingPeer(_honest.Answer, long.MaxValue);
        var index = new TableIndex();
        index.Add(row with { Owner = Slow });
        if (withHonest)
            index.Add(row with { Owner = Honest });
        using var pair = new StreamPair();
        using var hasLeft = new CancellationTokenSource();
        var serving = Task.Run(() => ServeSlowlyAsync(pair.Far, perByte, hasLeft.Token), CancellationToken.None);

        var fetching = NewDownloader(index, _time, async (to, _) =>
        {
            if (to.Equals(new IPEndPoint(Slow.Ip, Slow.Port)))
                return new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset);
            await _isAsked.Task;
            var connection = honest.Connect();
            return new StreamConnection(connection.Near, (IPEndPoint)to, connection.Reset);
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);
        await _time.AdvanceUntilEndedAsync(fetching, () => Step);
        var outcome = await fetching;
        await hasLeft.CancelAsync();
        pair.Dispose();
        await serving;
        Saved("a").AsSpan().SequenceEqual(_content).Should().BeTrue();
        return outcome;
    }

    private async Task ServeSlowlyAsync(Stream far, TimeSpan perByte, CancellationToken left)
    {
        try
        {
            var lines = new LineChannel(far);
            while (await lines.ReadLineAsync(CancellationToken.None) is { } line)
            {
                var command = Encoding.ASCII.GetString(line.Span);
                var answer = _honest!.Answer(command);
                if (!command.StartsWith("HASHES", StringComparison.Ordinal))
                {
                    await far.WriteAsync(answer, left);
                    continue;
                }

                await far.WriteAsync(answer[..^LayerBytes], left);
                _isAsked.TrySetResult();
                for (var at = answer.Length - LayerBytes; at < answer.Length; at++)
                {
                    await Task.Delay(perByte, _time, left);
                    await far.WriteAsync(answer.Slice(at, 1), left);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The requester has left.
        }
    }
}
