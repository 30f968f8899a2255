using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>What changes in a folder that the published client announced reaches another client by itself.</summary>
public sealed class FollowedFolderTests
{
    [Fact]
    public async Task Files_that_appear_change_move_or_go_are_seen_by_another_client()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var other = await RunningClient.StartAsync(server, "other");
        owner.Folder.Write("photos/old.txt", "old"u8);
        owner.Folder.Write("photos/gone.txt", "gone"u8);
        owner.Folder.Write("photos/draft.tmp", "draft"u8);
        await owner.CommandAsync("ANNOUNCE --exclude *.tmp photos", "Announced 2 files");
        await owner.Process.WaitForLineAsync("Left out, excluded: 1 path");

        owner.Folder.Write("photos/new.txt", "new"u8);
        owner.Folder.Write("photos/more.tmp", "draft"u8);
        File.Move(owner.Folder.File("photos/old.txt"), owner.Folder.File("photos/renamed.txt"));
        File.Delete(owner.Folder.File("photos/gone.txt"));

        await ListsAsync(other, "photos/new.txt", "photos/renamed.txt");
        await other.CommandAsync("REQUEST photos/renamed.txt", "Saved downloads/photos/renamed.txt");
        await other.CommandAsync("WITHDRAW photos/renamed.txt", "Withdrew");

        owner.Folder.Write("photos/new.txt", "changed, though nobody fetched it"u8);
        await owner.Process.WaitForLineAsync("photos: 1 file updated.");
        await other.CommandAsync("REQUEST photos/new.txt", "Saved downloads/photos/new.txt");
        File.ReadAllText(other.Downloaded("photos/new.txt")).Should().Be("changed, though nobody fetched it");
    }

    [Fact]
    public async Task Folder_shared_at_the_start_is_followed_and_one_announced_once_is_not()
    {
        await using var server = await RunningServer.StartAsync();
        await using var other = await RunningClient.StartAsync(server, "other");
        using var home = new TempFolder();
        home.Write("kept/a", "a"u8);
        home.Write("once/a", "a"u8);
        await using var owner = RunningClient.Launch(
            home,
            ["owner", "127.0.0.1", $"{server.Port}", "0", "--share", "kept", "--exclude", "*.tmp", "--stay", "-c", "ANNOUNCE --once once"]);
        await Eventually.True(async () => (await other.ListFilesAsync()).Count(IsRow) == 2, "both folders to be listed");

        home.Write("once/b", "b"u8);
        home.Write("kept/b.tmp", "b"u8);
        home.Write("kept/b", "b"u8);

        await ListsAsync(other, "kept/a", "kept/b", "once/a");
        owner.Signal(UnixSignal.Terminate);
        (await owner.WaitForExitAsync()).Should().Be(0);
    }

    private static Task ListsAsync(RunningClient client, params string[] names) => Eventually.True(
        async () => (await client.ListFilesAsync()).Where(IsRow).Select(row => row.Split(' ')[0]).Distinct().Order().SequenceEqual(names),
        $"{string.Join(", ", names)} to be listed");

    private static bool IsRow(string line) => line.Contains('/', StringComparison.Ordinal) && line.Contains(':', StringComparison.Ordinal);
}
