using P2PShare.Peer.Tests.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

public sealed class RepairTests : DownloadScene
{
    [Fact]
    public async Task Repair_fetches_only_what_is_wrong()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(10).Create(5 * MiB + 7);
        _index.Add(await owner.ShareAsync("a", content));
        var damaged = content.ToArray();
        damaged[3 * MiB] ^= 1;
        _folder.Write("a", damaged);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("a"), null, _notes, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue(outcome.Summary);
        Saved("a").Should().Equal(content);
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(MiB);
    }

    [Fact]
    public async Task What_is_too_long_is_cut_and_what_is_too_short_is_completed()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(12).Create(3 * MiB + 7);
        _index.Add(await owner.ShareAsync("long", content));
        _index.Add(await owner.ShareAsync("short", content));
        _folder.Write("long", [.. content, 1, 2, 3]);
        _folder.Write("short", content.AsSpan()[..(2 * MiB)]);

        (await _downloader.RepairAsync(SharingPeer.NameOf("long"), null, _notes, CancellationToken.None)).Succeeded.Should().BeTrue();
        (await _downloader.RepairAsync(SharingPeer.NameOf("short"), null, _notes, CancellationToken.None)).Succeeded.Should().BeTrue();

        Saved("long").Should().Equal(content);
        Saved("short").Should().Equal(content);
    }

    [Fact]
    public async Task A_file_of_which_nothing_is_right_is_left_as_it_is()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", new SeededBytes(13).Create(3 * MiB)));
        var mine = new SeededBytes(14).Create(3 * MiB);
        _folder.Write("a", mine);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("a"), null, _notes, CancellationToken.None);

        outcome.Succeeded.Should().BeFalse();
        outcome.Summary.Should().Contain("another file");
        Saved("a").Should().Equal(mine);
    }

    [Fact]
    public async Task What_a_file_of_one_piece_was_is_kept()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(15).Create(1000);
        _index.Add(await owner.ShareAsync("notes.txt", content));
        _folder.Write("notes.txt", "mine"u8);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("notes.txt"), null, _notes, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue(outcome.Summary);
        outcome.Summary.Should().Contain("notes (before REPAIR).txt");
        Saved("notes.txt").Should().Equal(content);
        File.ReadAllText(_folder.File("notes (before REPAIR).txt")).Should().Be("mine");
    }
}
