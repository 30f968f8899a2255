using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>Owners that reply BUSY: the download waits for them, and reports it.</summary>
public sealed class BusyDownloadTests : DownloadScene
{
    private readonly ManualTimeProvider _time = new();
    private readonly byte[] _content = new SeededBytes(41).Create(3 * MiB);

    [Fact]
    public async Task A_busy_owner_is_reported_once_and_sends_the_file_later()
    {
        await FetchAsync(saysBusy: 12);

        _observer.Events.Should().Equal(new DownloadEvent.AllOwnersBusy());
    }

    [Fact]
    public async Task Without_a_busy_owner_nothing_is_reported()
    {
        await FetchAsync(saysBusy: 0);

        _observer.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task A_pause_longer_than_the_stall_timeout_is_no_stall()
    {
        (await FetchAsync(saysBusy: 3, seconds: 15)).Should().Be(1);
    }

    // Returns how often the owner was connected to.
    private async Task<int> FetchAsync(int saysBusy, int seconds = 5)
    {
        await using var sharing = new SharingPeer();
        var row = await sharing.ShareAsync("a", _content);
        var played = new HonestOwner(_content, sharing.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var owner = new CuttingPeer(
            line => line.StartsWith("GET", StringComparison.Ordinal) && saysBusy-- > 0
                ? Encoding.ASCII.GetBytes($"BUSY {seconds}\n")
                : played.Answer(line),
            long.MaxValue);
        _index.Add(row);

        var fetching = NewDownloader(_index, _time, (to, _) =>
        {
            var pair = owner.Connect();
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);
        await _time.AdvanceUntilEndedAsync(fetching, () => TimeSpan.FromMilliseconds(50));

        (await fetching).Succeeded.Should().BeTrue();
        Saved("a").AsSpan().SequenceEqual(_content).Should().BeTrue();
        return owner.Connections;
    }
}
