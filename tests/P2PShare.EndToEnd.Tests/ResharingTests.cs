using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>The published client shares what it fetches, from the first piece on.</summary>
public sealed class ResharingTests
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;
    private const long EnoughBytes = 64 * MiB;

    [Fact]
    public async Task A_client_that_is_still_fetching_serves_another_after_their_owner_has_stopped_and_died()
    {
        await using var server = await RunningServer.StartAsync();
        var owner = await RunningClient.StartAsync(server, "owner");
        await using var second = await RunningClient.StartAsync(server, "second");
        await using var third = await RunningClient.StartAsync(server, "third");
        var path = await new SeededBytes(3).WriteFileAsync(owner.Folder.File("large.bin"), GiB);
        await owner.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));

        // The owner is stopped while the second has a part, so that the third gets every piece from the second.
        await second.Process.SendLineAsync("REQUEST large.bin");
        await Eventually.True(() => PartOf(second) >= EnoughBytes, "the second client to have a part");
        owner.Process.Signal(UnixSignal.Stop);
        await third.Process.SendLineAsync("REQUEST large.bin");
        await Eventually.True(() => PartOf(third) >= EnoughBytes / 2, "the third client to have pieces of the second");
        owner.Process.Kill();
        File.Exists(second.Downloaded("large.bin")).Should().BeFalse("it serves while it fetches");

        await using var back = await RunningClient.StartAsync(server, "owner", owner.Folder);
        await back.CommandAsync("ANNOUNCE large.bin", "Announced", TimeSpan.FromMinutes(1));
        foreach (var client in new[] { second, third })
        {
            await client.Process.WaitForLineAsync("Saved", TimeSpan.FromMinutes(3));
            FileContent.AreEqual(client.Downloaded("large.bin"), path).Should().BeTrue();
        }

        await owner.DisposeAsync();
    }

    [Fact]
    public async Task A_fetched_file_is_shared_under_its_name_until_it_is_withdrawn()
    {
        await using var server = await RunningServer.StartAsync();
        var owner = await RunningClient.StartAsync(server, "owner");
        await using var second = await RunningClient.StartAsync(server, "second");
        await using var third = await RunningClient.StartAsync(server, "third");
        owner.Folder.Write("yaz tatili.bin", new SeededBytes(4).Create((int)(3 * MiB)));
        await owner.CommandAsync("ANNOUNCE yaz tatili.bin", "Announced");
        var saved = await second.CommandAsync("REQUEST yaz tatili.bin", "Saved");
        saved.Should().EndWith("It is shared now; WITHDRAW yaz tatili.bin ends that.");
        await Eventually.True(async () => (await third.ListFilesAsync()).Count(IsRow) == 2, "the server to list both owners");
        await owner.DisposeAsync();

        (await third.CommandAsync("REQUEST yaz tatili.bin", "Saved")).Should().Contain("from 1 owner");
        (await second.CommandAsync("SHARED", "yaz tatili.bin")).Should().Contain("3 MiB");
        await second.CommandAsync("WITHDRAW yaz tatili.bin", "Withdrew");
        await Eventually.True(async () => (await second.ListFilesAsync()).Count(IsRow) == 1, "the server to list only the third");
    }

    [Fact]
    public async Task A_client_with_no_reshare_fetches_and_shares_nothing()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        using var home = new TempFolder();
        owner.Folder.Write("a.bin", new SeededBytes(5).Create((int)(2 * MiB)));
        await owner.CommandAsync("ANNOUNCE a.bin", "Announced");

        await using var taker = RunningClient.Launch(home, "taker", "127.0.0.1", $"{server.Port}", "0", "--no-reshare");
        await taker.SendLineAsync("REQUEST a.bin");
        (await taker.WaitForLineAsync("Saved")).Should().NotContain("shared");
        await taker.SendLineAsync("SHARED");
        await taker.WaitForLineAsync("0 files");
        (await owner.ListFilesAsync()).Count(row => row.StartsWith("a.bin", StringComparison.Ordinal)).Should().Be(1);
    }

    private static bool IsRow(string line) => line.StartsWith("yaz tatili.bin", StringComparison.Ordinal);

    private static long PartOf(RunningClient client) => FileContent.BytesOnDisk(client.Downloaded("large.bin.part"));
}
