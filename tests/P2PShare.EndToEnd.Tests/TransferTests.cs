using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Files that are transferred directly from one peer to another.</summary>
public sealed class TransferTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData("large.bin", 64 * MiB)]
    [InlineData("empty", 0)]
    [InlineData("yaz tatili ğüşıöç.txt", 12345)]
    public async Task A_file_arrives_unchanged_while_a_third_peer_fetches_it_too(string name, long size)
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "yigido");
        await using var first = await RunningClient.StartAsync(server, "ayşe");
        await using var second = await RunningClient.StartAsync(server, "can");
        var path = await new SeededBytes(1).WriteFileAsync(owner.Folder.File(name), size);
        (await owner.CommandAsync($"ANNOUNCE {name}", "Announced")).Should().Contain(name);

        await Task.WhenAll(first.CommandAsync($"REQUEST {name}", "Saved"), second.CommandAsync($"request \"{name}\"", "Saved"));

        FileContent.AreEqual(first.Downloaded(name), path).Should().BeTrue();
        FileContent.AreEqual(second.Downloaded(name), path).Should().BeTrue();
    }

    [Fact]
    public async Task The_files_of_a_killed_owner_are_removed_from_the_list()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "yigido");
        await using var other = await RunningClient.StartAsync(server, "ayşe");
        owner.Folder.Write("a", "a"u8);
        await owner.CommandAsync("ANNOUNCE a", "Announced");
        (await other.ListFilesAsync()).Should().HaveCount(2)
            .And.Contain(row => row.StartsWith("a ") && row.EndsWith($"127.0.0.1:{owner.PeerPort} (yigido)"));

        owner.Process.Kill();

        await Eventually.True(async () => (await other.ListFilesAsync()).SequenceEqual(["0 files"]), "the list to be empty");
    }

    [Fact]
    public async Task Twenty_concurrent_requesters_of_one_file_get_it()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "yigido");
        var path = await new SeededBytes(2).WriteFileAsync(owner.Folder.File("large.bin"), 64 * MiB);
        await owner.CommandAsync("ANNOUNCE large.bin", "Announced");
        var requesters = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => RunningClient.StartAsync(server, $"requester {n}")));
        try
        {
            await Task.WhenAll(
                requesters.Select(requester => requester.CommandAsync("REQUEST large.bin", "Saved", TimeSpan.FromMinutes(3))));

            foreach (var requester in requesters)
                FileContent.AreEqual(requester.Downloaded("large.bin"), path).Should().BeTrue();
        }
        finally
        {
            foreach (var requester in requesters)
                await requester.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_existing_file_is_not_overwritten_and_the_user_is_told()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "yigido");
        await using var requester = await RunningClient.StartAsync(server, "ayşe");
        owner.Folder.Write("report.pdf", "theirs"u8);
        requester.Folder.Write("downloads/report.pdf", "mine"u8);
        await owner.CommandAsync("ANNOUNCE report.pdf", "Announced");

        (await requester.CommandAsync("REQUEST report.pdf", "Saved")).Should().Contain("report (1).pdf").And.Contain("taken");

        File.ReadAllText(requester.Downloaded("report.pdf")).Should().Be("mine");
        File.ReadAllText(requester.Downloaded("report (1).pdf")).Should().Be("theirs");
    }

    [Fact]
    public async Task Control_C_in_a_terminal_cancels_the_download_and_the_client_continues()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "yigido");
        using var home = new TempFolder();
        await new SeededBytes(3).WriteFileAsync(owner.Folder.File("large.bin"), 64 * MiB);
        await owner.CommandAsync("ANNOUNCE large.bin", "Announced");
        await using var terminal = TerminalProcess.Start(
            Programs.Client, ["ayşe", "127.0.0.1", $"{server.Port}", "0"], home.Path, RunningClient.EnvironmentIn(home));
        await terminal.WaitForTextAsync("> ");

        // A stopped owner accepts connections and sends nothing, so the download continues until the test cancels it.
        owner.Process.Signal(UnixSignal.Stop);
        await terminal.SendLineAsync("REQUEST large.bin");
        await terminal.WaitForTextAsync("%");
        await terminal.PressControlCAsync();
        await terminal.WaitForLineAsync("cancelled");
        owner.Process.Signal(UnixSignal.Continue);
        await terminal.SendLineAsync("REQUEST large.bin");

        await terminal.WaitForLineAsync("Saved");
        await terminal.SendLineAsync("EXIT");
        (await terminal.WaitForExitAsync()).Should().Be(0);
    }
}
