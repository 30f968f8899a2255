using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>Owners whose slots are taken: patience, and a line that says so.</summary>
public sealed class QueuedDownloadTests : DownloadScene
{
    private const string Queued = "Every owner is busy with others; waiting for a turn.";

    private readonly ManualTimeProvider _time = new();
    private readonly byte[] _content = new SeededBytes(41).Create(3 * MiB);

    [Fact]
    public async Task Where_the_only_owner_is_busy_the_user_is_told_once_and_the_file_comes_when_it_is_not()
    {
        await FetchAsync(saysBusy: 12);

        _notes.Sentences.Should().Equal(Queued);
    }

    [Fact]
    public async Task Where_no_owner_is_busy_nothing_is_said()
    {
        await FetchAsync(saysBusy: 0);

        _notes.Sentences.Should().BeEmpty();
    }

    [Fact]
    public async Task An_owner_that_asks_for_more_patience_than_silence_gets_has_not_stalled()
    {
        (await FetchAsync(saysBusy: 3, seconds: 15)).Should().Be(1);
    }

    // How often it connected.
    private async Task<int> FetchAsync(int saysBusy, int seconds = 5)
    {
        await using var sharing = new SharingPeer();
        var row = await sharing.ShareAsync("a", _content);
        var played = new PlayedOwner(_content, sharing.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var owner = new CuttingPeer(
            line => line.StartsWith("GET", StringComparison.Ordinal) && saysBusy-- > 0 ? Encoding.ASCII.GetBytes($"BUSY {seconds}\n") : played.Answer(line),
            long.MaxValue);
        _index.Add(row);

        var fetching = NewDownloader(_index, _time, (to, _) =>
        {
            var pair = owner.Connect();
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        }).FetchFileAsync(SharingPeer.NameOf("a"), null, _notes, CancellationToken.None);
        await _time.AdvanceUntilEndedAsync(fetching, () => TimeSpan.FromMilliseconds(50));

        (await fetching).Succeeded.Should().BeTrue();
        Saved("a").AsSpan().SequenceEqual(_content).Should().BeTrue();
        return owner.Connections;
    }
}
