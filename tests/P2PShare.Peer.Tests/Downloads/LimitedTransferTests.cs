using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>Whole downloads over real sockets, under a limit at one of the two ends.</summary>
public sealed class LimitedTransferTests : DownloadScene
{
    private const int Limit = 2 * MiB;

    // What a share, the credit and a late timer may add to the limit; a loaded machine may take off more.
    private const double Tolerance = 1.1;

    private readonly byte[] _content = new SeededBytes(81).Create(3 * MiB + 5);

    [Theory]
    [InlineData(true, Features.Swarm)]
    [InlineData(false, Features.Swarm)]
    [InlineData(true, Features.None)]
    [InlineData(false, Features.None)]
    public async Task Transfers_of_several_files_together_stay_within_the_limit_at_either_end(bool atOwner, Features features)
    {
        await using var owner = new SharingPeer();
        var index = new TableIndex(features);
        string[] names = ["a", "b", "c"];
        foreach (var name in names)
            index.Add(await owner.ShareAsync(name, [.. _content, (byte)name[0]]));
        var limit = new RateLimiter(TimeProvider.System);
        (atOwner ? owner.Limit : limit).BytesPerSecond = Limit;
        var downloader = NewDownloader(index, limit: limit);

        var started = TimeProvider.System.GetTimestamp();
        var outcomes = await Task.WhenAll(names.Select(
            name => downloader.FetchFileAsync(new FileRequest(SharingPeer.NameOf(name)), _observer, CancellationToken.None)));
        var elapsed = TimeProvider.System.GetElapsedTime(started);

        outcomes.Should().OnlyContain(outcome => outcome.Succeeded);
        foreach (var name in names)
            Saved(name).AsSpan().SequenceEqual([.. _content, (byte)name[0]]).Should().BeTrue();
        var bytes = names.Length * (_content.Length + 1L);
        (bytes / elapsed.TotalSeconds).Should().BeLessThan(Limit * Tolerance);
    }

    [Fact]
    public async Task Limit_that_is_taken_away_lets_a_running_download_go_on_at_once()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", _content));
        owner.Limit.BytesPerSecond = RateLimiter.LeastBytesPerSecond;
        var fetching = FetchAsync("a");
        await Eventually.True(() => owner.Fetches.Of(_index.FirstId).Any(fetch => fetch.Bytes > 0), "the first bytes");

        owner.Limit.BytesPerSecond = 0;

        (await fetching.WaitAsync(TimeSpan.FromMinutes(1))).Should().BeOfType<DownloadOutcome.Saved>("at 1 KiB/s it takes an hour");
    }
}
