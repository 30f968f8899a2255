using System.Runtime.Versioning;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Times, execute bits and empty folders go with a folder, from client to client.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MetadataTests
{
    private static readonly DateTime Modified = new(2019, 8, 7, 6, 5, 4, 321, DateTimeKind.Utc);

    [Fact]
    public async Task Folder_arrives_as_it_was_also_from_a_client_that_has_fetched_it()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var second = await RunningClient.StartAsync(server, "second");
        await using var third = await RunningClient.StartAsync(server, "third");
        foreach (var (name, size) in new[] { ("run.sh", 100), ("empty.txt", 0), ("large.bin", 3_000_000) })
            File.SetLastWriteTimeUtc(owner.Folder.Write($"tree/{name}", new SeededBytes(1).Create(size)), Modified);
        Directory.CreateDirectory(owner.Folder.File("tree/logs/old"));
        SetMode(owner.Folder.File("tree/run.sh"), UnixFileMode.UserExecute, isSet: true);
        await owner.CommandAsync("ANNOUNCE tree", "Announced");

        await second.CommandAsync("REQUEST tree/", "saved in");
        await owner.Process.SendLineAsync("EXIT");
        await owner.Process.WaitForExitAsync();
        await Eventually.True(async () => (await third.ListFilesAsync()).Count == 4, "the server to list the files of the second");
        await third.CommandAsync("REQUEST tree/", "saved in");

        foreach (var client in new[] { second, third })
        {
            foreach (var name in new[] { "run.sh", "empty.txt", "large.bin" })
                File.GetLastWriteTimeUtc(client.Downloaded($"tree/{name}")).Should().Be(Modified, "{0} was modified then", name);
            Directory.Exists(client.Downloaded("tree/logs/old")).Should().BeTrue();
            File.GetUnixFileMode(client.Downloaded("tree/run.sh")).Should().HaveFlag(UnixFileMode.UserExecute)
                .And.NotHaveFlag(UnixFileMode.GroupExecute);
            File.GetUnixFileMode(client.Downloaded("tree/large.bin")).Should().NotHaveFlag(UnixFileMode.UserExecute);
        }

        SetMode(third.Downloaded("tree/run.sh"), UnixFileMode.UserExecute, isSet: false);
        await third.CommandAsync("REQUEST tree/run.sh", "already");
        File.GetUnixFileMode(third.Downloaded("tree/run.sh")).Should().HaveFlag(UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Client_with_no_times_saves_files_with_the_time_of_their_arrival()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        using var home = new TempFolder();
        await using var requester = RunningClient.Launch(home, "requester", "127.0.0.1", $"{server.Port}", "0", "--no-times");
        File.SetLastWriteTimeUtc(owner.Folder.Write("a", [1, 2, 3]), Modified);
        await owner.CommandAsync("ANNOUNCE a", "Announced");

        await requester.SendLineAsync("REQUEST a");
        await requester.WaitForLineAsync("Saved");

        File.GetLastWriteTimeUtc(home.File("downloads/a")).Should().BeAfter(Modified.AddYears(1));
    }

    private static void SetMode(string path, UnixFileMode bit, bool isSet)
    {
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, isSet ? mode | bit : mode & ~bit);
    }
}
