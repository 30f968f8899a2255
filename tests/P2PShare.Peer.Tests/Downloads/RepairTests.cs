using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

public sealed class RepairTests : DownloadScene
{
    [Fact]
    public async Task Only_wrong_pieces_are_fetched()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(10).Create(5 * MiB + 7);
        _index.Add(await owner.ShareAsync("a", content));
        var damaged = content.ToArray();
        damaged[3 * MiB] ^= 1;
        _folder.Write("a", damaged);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("a"), null, _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        outcome.Should().BeOfType<DownloadOutcome.Repaired>().Which.Transfer.FetchedBytes.Should().Be(MiB);
        Saved("a").Should().Equal(content);
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(MiB);
    }

    [Fact]
    public async Task A_file_that_is_too_long_is_cut_and_one_that_is_too_short_is_completed()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(12).Create(3 * MiB + 7);
        _index.Add(await owner.ShareAsync("long", content));
        _index.Add(await owner.ShareAsync("short", content));
        _folder.Write("long", [.. content, 1, 2, 3]);
        _folder.Write("short", content.AsSpan()[..(2 * MiB)]);

        (await _downloader.RepairAsync(SharingPeer.NameOf("long"), null, _observer, CancellationToken.None)).Succeeded.Should().BeTrue();
        (await _downloader.RepairAsync(SharingPeer.NameOf("short"), null, _observer, CancellationToken.None)).Succeeded.Should().BeTrue();

        Saved("long").Should().Equal(content);
        Saved("short").Should().Equal(content);
    }

    [Fact]
    public async Task A_file_without_a_right_piece_is_left_alone_and_reported_as_different()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", new SeededBytes(13).Create(3 * MiB)));
        var mine = new SeededBytes(14).Create(3 * MiB);
        _folder.Write("a", mine);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("a"), null, _observer, CancellationToken.None);

        outcome.Should().Be(new DownloadOutcome.DifferentFile(SharingPeer.NameOf("a"), _folder.File("a")));
        outcome.Succeeded.Should().BeFalse();
        Saved("a").Should().Equal(mine);
    }

    [Fact]
    public async Task The_former_content_of_a_file_of_one_piece_is_kept_under_another_name()
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(15).Create(1000);
        _index.Add(await owner.ShareAsync("notes.txt", content));
        _folder.Write("notes.txt", "mine"u8);

        var outcome = await _downloader.RepairAsync(SharingPeer.NameOf("notes.txt"), null, _observer, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue("it ended as {0}", outcome);
        outcome.Should().BeOfType<DownloadOutcome.Repaired>().Which.KeptPath.Should().Be(_folder.File("notes (before REPAIR).txt"));
        Saved("notes.txt").Should().Equal(content);
        File.ReadAllText(_folder.File("notes (before REPAIR).txt")).Should().Be("mine");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(2 * MiB)]
    public async Task A_right_file_is_reported_as_right_and_nothing_is_fetched(int size)
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(16).Create(size);
        _index.Add(await owner.ShareAsync("a", content));
        _folder.Write("a", content);
        var (name, identity) = (SharingPeer.NameOf("a"), owner.Shared.Snapshot()[0].Identity);

        var outcome = await _downloader.RepairAsync(name, null, _observer, CancellationToken.None);

        if (size <= MiB)
            outcome.Should().Be(new DownloadOutcome.Intact(name, identity));
        else
            outcome.Should().BeOfType<DownloadOutcome.Repaired>().Which.Transfer.FetchedBytes.Should().Be(0);
        outcome.Succeeded.Should().BeTrue();
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(0);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_that_nobody_identifies_cannot_be_repaired()
    {
        var name = SharingPeer.NameOf("a");
        var missing = await _downloader.RepairAsync(name, null, _observer, CancellationToken.None);
        _folder.Write("a", "mine"u8);
        var unknown = await _downloader.RepairAsync(name, null, _observer, CancellationToken.None);

        missing.Should().Be(new DownloadOutcome.NothingToRepair(name, _folder.Path));
        unknown.Should().Be(new DownloadOutcome.ContentUnknown(name));
    }
}
