using System.Diagnostics;
using System.Net;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>Lists of owners as only a lying server or a very large swarm produces them.</summary>
public sealed class OwnerRosterTests : DownloadScene
{
    [Fact]
    public async Task A_folder_of_forty_thousand_names_of_one_content_and_as_many_owners_is_started_in_linear_time()
    {
        const int Many = 40_000;
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("tree/content", "the same"u8.ToArray());
        var time = new ManualTimeProvider();
        for (var n = 0; n < Many; n++)
        {
            _index.Add(row with { Name = SharingPeer.NameOf($"tree/{n}") });
            var other = PeerAddress.Create(new IPAddress([10, 0, (byte)(n >> 8), (byte)n]), 9001);
            _index.Add(row with { Name = SharingPeer.NameOf("tree/0"), Owner = other });
        }

        using var cancel = new CancellationTokenSource();
        var dialed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = Stopwatch.StartNew();
        var fetching = NewDownloader(_index, time, (_, token) =>
        {
            dialed.TrySetResult();
            return Task.FromException<Networking.Connection>(new IOException("nobody there"));
        }).FetchFolderAsync(SharingPeer.NameOf("tree"), _observer, cancel.Token);
        await dialed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();
        await Eventually.True(() => { time.Advance(TimeSpan.FromMilliseconds(100)); return fetching.IsCompleted; }, "the download to stop");

        await fetching.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
    }
}
