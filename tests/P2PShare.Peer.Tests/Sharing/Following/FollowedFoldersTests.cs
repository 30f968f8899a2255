using P2PShare.Networking;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Uploads;

namespace P2PShare.Peer.Tests.Sharing.Following;

/// <summary>An announced folder on a real disk changes: watched by the system, and by rescans alone.</summary>
public sealed class FollowedFoldersTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_that_appear_are_announced_and_files_that_go_are_withdrawn_with_one_line(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "sub/b");

        // One step on the disk, so that no rescan comes in between.
        scene.Folder.Write("staged/c", "c"u8);
        scene.Folder.Write("staged/deep/d", "d"u8);
        Directory.Move(scene.Folder.File("staged"), scene.Folder.File("photos/new"));
        await scene.SharesAsync("a", "sub/b", "new/c", "new/deep/d");
        await scene.IsToldAsync("photos: 2 files announced.");
        scene.Received.Should().Contain(["SHARE photos/new/c", "SHARE photos/new/deep/d"]);

        Directory.Move(scene.Folder.File("photos/new"), scene.Folder.File("staged"));
        await scene.SharesAsync("a", "sub/b");
        await scene.IsToldAsync("photos: 2 files withdrawn.");
        scene.Told.Should().HaveCount(2);
        scene.Received.Should().Contain(["WITHDRAW photos/new/c", "WITHDRAW photos/new/deep/d"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changed_file_that_nobody_fetches_is_withdrawn_at_once_and_shared_again_when_it_is_still(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "b");
        var before = scene.Shared.Snapshot()[0].Identity.Id;

        scene.Write("a", "changed, and longer");

        await scene.UntilAsync(() => scene.Received.Contains("WITHDRAW photos/a"), "the withdrawal");
        await scene.IsToldAsync("photos: 1 file updated.");
        scene.Names.Should().Equal("a", "b");
        scene.Shared.Snapshot()[0].Identity.Id.Should().NotBe(before);
        scene.Told.Should().HaveCount(1);
    }

    [Fact]
    public async Task File_that_is_written_still_is_not_announced()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: true);
        var path = scene.Write("growing");

        for (var written = 0; written < 20; written++)
        {
            await File.AppendAllTextAsync(path, "more");
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            scene.Names.Should().BeEmpty();
        }

        await scene.SharesAsync("growing");
        scene.Shared.Snapshot()[0].Identity.Size.Should().Be(new FileInfo(path).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Renamed_file_and_folder_are_withdrawn_and_announced_under_the_new_name_without_being_hashed_again(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "sub/b", "sub/c");
        scene.Write("sign");
        await scene.SharesAsync("a", "sub/b", "sub/c", "sign");
        var hashed = scene.Hashed;

        File.Move(scene.Folder.File("photos/a"), scene.Folder.File("photos/z"));
        Directory.Move(scene.Folder.File("photos/sub"), scene.Folder.File("photos/other"));

        await scene.SharesAsync("z", "other/b", "other/c", "sign");
        scene.Told.Should().HaveCountLessThan(5);

        // Without the time of creation, which only statx tells, a rename cannot be told from a new file.
        if (Platform.UsesLinuxCalls)
            scene.Hashed.Should().Be(hashed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Withdrawn_file_stays_withdrawn_when_it_changes_is_replaced_or_is_renamed(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "b", "c");
        scene.Write("sign");
        await scene.SharesAsync("a", "b", "c", "sign");
        foreach (var name in new[] { "a", "b", "c" })
            await scene.Publisher.WithdrawAsync(SharingPeer.NameOf($"photos/{name}"), CancellationToken.None);

        scene.Write("a", "changed");
        File.Delete(scene.Folder.File("photos/b"));
        scene.Write("later");
        await scene.SharesAsync("sign", "later");
        scene.Write("b", "anew");
        File.Move(scene.Folder.File("photos/c"), scene.Folder.File("photos/d"));
        scene.Write("last");

        // The file that came last is announced, and none of those before it.
        await scene.UntilAsync(() => scene.Names.Contains("last"), "the last file");
        scene.Names.Should().BeEquivalentTo(Platform.UsesLinuxCalls ? ["last", "later", "sign"] : new[] { "d", "last", "later", "sign" });
    }

    [Fact]
    public async Task File_that_is_withdrawn_while_it_waits_to_be_shared_again_stays_withdrawn()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: true, "a");
        scene.Write("a", "changed");
        await scene.UntilAsync(() => !scene.Names.Any(), "the change to be noticed");

        scene.Followed.KeepWithdrawn(SharingPeer.NameOf("photos/a")).Should().BeTrue();

        scene.Write("b");
        await scene.SharesAsync("b");
    }

    [Fact]
    public async Task Change_that_a_fetch_detects_is_handled_without_a_line_of_its_own()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: false, "a");
        var file = scene.Shared.Snapshot()[0];
        scene.Write("a", "changed");

        scene.Shared.ReportChange(file);

        await scene.IsToldAsync("photos: 1 file updated.");
        scene.Told.Should().HaveCount(1);
        scene.Received.Count(line => line == "SHARE photos/a").Should().Be(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hidden_files_links_pipes_and_excluded_files_are_left_alone_and_a_changed_p2pignore_takes_effect(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "b.txt");
        await scene.AnnounceAsync("*.tmp");

        scene.Write(".hidden");
        scene.Write(".git/config");
        scene.Write("x.tmp");
        File.CreateSymbolicLink(scene.Folder.File("photos/link"), scene.Folder.File("photos/a"));
        scene.Write("c");
        await scene.SharesAsync("a", "b.txt", "c");
        scene.Write(".p2pignore", "*.txt\n");
        await scene.SharesAsync("a", "c");
        scene.Write(".p2pignore", "c\n");
        await scene.SharesAsync("a", "b.txt");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Folder_that_is_gone_is_withdrawn_and_said_once_and_shared_when_it_is_back(bool usesWatchers)
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers, "a", "sub/b");
        Directory.Move(scene.Root, scene.Folder.File("moved"));

        await scene.IsToldAsync("photos: the folder is gone; its 2 files are withdrawn.");
        scene.Names.Should().BeEmpty();

        Directory.Move(scene.Folder.File("moved"), scene.Root);
        await scene.SharesAsync("a", "sub/b");
        scene.Write("c");
        await scene.SharesAsync("a", "sub/b", "c");
        scene.Told.Count(line => line.Contains("gone", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task Folder_that_is_announced_twice_is_followed_once_and_one_that_is_unfollowed_stays_shared_as_it_is()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: true, "a");
        await scene.AnnounceAsync();

        scene.Write("b");
        await scene.IsToldAsync("photos: 1 file announced.");
        scene.Received.Count(line => line == "SHARE photos/b").Should().Be(1);
        scene.Told.Should().HaveCount(1);

        scene.Followed.Unfollow(scene.Root);
        scene.Write("c");
        await scene.AnnounceAsync("*");
        scene.Names.Should().Equal("a", "b");
    }

    [Fact]
    public async Task Name_of_another_file_is_not_taken_from_it()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: true, "a");
        var file = scene.Shared.Snapshot()[0];
        var elsewhere = scene.Folder.Write("elsewhere/b", "b"u8);
        scene.Shared.Put(new SharedFile(SharingPeer.NameOf("photos/b"), elsewhere, new(file.Stamp, file.Identity)));

        scene.Write("b");

        await scene.IsToldAsync("photos: 1 file not announced (the log says why).");
        scene.Shared.TryFind(SharingPeer.NameOf("photos/b"), out var kept).Should().BeTrue();
        kept!.Path.Should().Be(elsewhere);
    }

    [Fact]
    public async Task More_changes_than_are_kept_one_by_one_are_found_by_one_scan()
    {
        await using var scene = await FollowScene.StartAsync(usesWatchers: true, "a");

        for (var i = 0; i < 1500; i++)
            scene.Write($"many/{i}");

        await scene.UntilAsync(() => scene.Names.Count() == 1501, "1,501 files");
        scene.Told.Count.Should().BeLessThan(20);
    }
}
