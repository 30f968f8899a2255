using System.Text.Json;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>The client without a person: commands as options, background jobs, JSON.</summary>
public sealed class ScriptTests : IAsyncLifetime
{
    private readonly TempFolder _home = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Commands_given_as_options_run_and_the_exit_code_tells_whether_all_succeeded()
    {
        await using var owner = await RunningClient.StartAsync(_server, "yigido");
        owner.Folder.Write("a b.txt", "merhaba\n"u8);
        await owner.CommandAsync("ANNOUNCE a b.txt", "Announced a b.txt");

        await using var good = Launch("-c", "REQUEST a b.txt", "-c", "LIST_FILES");
        (await good.WaitForExitAsync()).Should().Be(0);
        good.Output.Lines.Should().Contain(line => line.StartsWith("Saved downloads/a b.txt: 8 B", StringComparison.Ordinal));

        await using var bad = Launch("-c", "REQUEST nothing", "-c", "REQUEST a b.txt AS copy.txt");
        (await bad.WaitForExitAsync()).Should().Be(1);
        bad.Output.Lines.Should().Contain(line => line.StartsWith("Saved downloads/copy.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Line_that_ANNOUNCE_prints_fetches_the_content_from_a_shell()
    {
        await using var owner = await RunningClient.StartAsync(_server, "yigido");
        owner.Folder.Write("it's \"a\" AS b.txt", "merhaba\n"u8);
        var line = await owner.CommandAsync("ANNOUNCE it's \"a\" AS b.txt", "Anyone fetches it with: ");
        var arguments = line[(line.IndexOf("client ", StringComparison.Ordinal) + "client ".Length)..];

        var command = $"'{Programs.Client}' {arguments}";
        await using var shell = ProgramProcess.Start("/bin/sh", ["-c", command], _home.Path, RunningClient.EnvironmentIn(_home));

        (await shell.WaitForExitAsync()).Should().Be(0);
        File.ReadAllText(_home.File("downloads/it's \"a\" AS b.txt")).Should().Be("merhaba\n");
    }

    [Fact]
    public async Task Client_told_to_stay_shares_until_it_is_told_to_end()
    {
        _home.Write("shared/a.txt", "merhaba\n"u8);
        await using var staying = Launch("--share", "shared", "--stay", "-c", "SHARED");
        await staying.WaitForLineAsync("1 file");
        await using var other = await RunningClient.StartAsync(_server, "ayse");

        await other.CommandAsync("REQUEST shared/a.txt", "Saved downloads/shared/a.txt");
        staying.Signal(UnixSignal.Terminate);

        (await staying.WaitForExitAsync(TimeSpan.FromSeconds(10))).Should().Be(0);
        staying.Errors.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task Path_that_cannot_be_shared_fails_the_script()
    {
        await using var client = Launch("--share", "nothing", "-c", "SHARED");

        (await client.WaitForExitAsync()).Should().Be(1);
        client.Errors.Lines.Should().ContainSingle().Which.Should().StartWith("There is no file or folder ");
    }

    [Fact]
    public async Task Background_jobs_run_beside_other_commands_and_the_end_of_a_script_waits_for_them()
    {
        await using var owner = await RunningClient.StartAsync(_server, "yigido");
        owner.Folder.Write("a.bin", new byte[3_000_000]);
        await owner.CommandAsync("ANNOUNCE a.bin", "Announced a.bin");

        await using var client = Launch("-c", "REQUEST a.bin &", "-c", "REQUEST nothing &", "-c", "CANCEL 7", "-c", "WAIT 1");

        (await client.WaitForExitAsync()).Should().Be(1, "a job has failed, and there was no job 7");
        client.Output.Lines.Should().Contain("[1] REQUEST a.bin")
            .And.Contain(line => line.StartsWith("[1] Saved downloads/a.bin", StringComparison.Ordinal));
        client.Errors.Lines.Should().Contain("[2] Nobody else shares nothing. LIST_FILES lists what is shared; "
            + "a folder is fetched with REQUEST nothing/")
            .And.Contain("No job 7 is running; JOBS lists those that are.");
    }

    [Fact]
    public async Task JSON_is_all_that_is_printed_and_one_object_a_line()
    {
        await using var owner = await RunningClient.StartAsync(_server, "yigido");
        owner.Folder.Write("ğ.txt", "merhaba\n"u8);
        await owner.CommandAsync("ANNOUNCE ğ.txt", "Announced ğ.txt");

        await using var client = Launch(
            "--json", "-c", "LIST_FILES", "-c", "REQUEST ğ.txt", "-c", "SHARED", "-c", "REQUEST nothing", "-c", "HELP", "-c", "NONSENSE");

        (await client.WaitForExitAsync()).Should().Be(1);
        client.Errors.Text.Should().BeEmpty();
        var records = client.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        records.Select(TypeOf).Where(type => type != "progress").Should().Equal(
            "notice", "connected", "file", "list-end", "saved", "shared", "shared-end", "error", "error");
        records.First(record => TypeOf(record) == "saved").GetProperty("name").GetString().Should().Be("ğ.txt");
        records.Where(record => TypeOf(record) == "error").Select(record => record.GetProperty("code").GetString())
            .Should().Equal("not-shared", "unknown-command");
    }

    private static string TypeOf(JsonElement record) => record.GetProperty("type").GetString()!;

    private ProgramProcess Launch(params string[] arguments) =>
        RunningClient.Launch(_home, ["mehmet", "127.0.0.1", $"{_server.Port}", "0", .. arguments]);
}
