using System.Diagnostics;
using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>Lists of owners as only a lying server or a very large swarm produces them.</summary>
public sealed class OwnerRosterTests : DownloadScene
{
    private const int Most = 25;

    [Fact]
    public async Task Owners_of_a_part_with_nothing_new_make_room_for_an_owner_that_is_named_later()
    {
        await using var whole = new SharingPeer();
        var content = new SeededBytes(1).Create(2 * MiB);
        var row = await whole.ShareAsync("film.mkv", content);
        await using var empty = new SharingPeer();
        using var handle = File.OpenHandle(_folder.Write("nothing", []), FileMode.Open, FileAccess.ReadWrite);
        empty.Shared.TryAdd(new SharedPart(row.Name, whole.Layers.TryGet(row.Identity!.Value)!, handle));
        var index = new TableIndex(Features.Swarm | Features.Parts);
        for (var n = 1; n <= Most; n++)
        {
            var other = PeerAddress.Create(new IPAddress([10, 0, 0, (byte)n]), 9001);
            index.AddPart(row.Identity.Value.Id, other);
            if (n == 1)
                index.Add(row with { Owner = other });
        }

        var dialed = 0;
        var fetched = await NewDownloader(index, dial: (to, token) =>
        {
            if (Interlocked.Increment(ref dialed) == Most)
                index.AddPart(row.Identity.Value.Id, whole.Address);
            var isWhole = ((IPEndPoint)to).Port == whole.Address.Port;
            return Dialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, (isWhole ? whole : empty).Address.Port), token);
        }).FetchFileAsync(new FileRequest(row.Name), _observer, CancellationToken.None);

        fetched.Should().BeOfType<DownloadOutcome.Saved>();
        Saved("film.mkv").Should().Equal(content);
    }

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
            return Task.FromException<Connection>(new IOException("nobody there"));
        }).FetchFolderAsync(SharingPeer.NameOf("tree"), null, _observer, cancel.Token);
        await dialed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();
        await Eventually.True(() => { time.Advance(TimeSpan.FromMilliseconds(100)); return fetching.IsCompleted; }, "the download to stop");

        await fetching.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
    }
}
