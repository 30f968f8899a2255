using System.Globalization;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>A private server, the commands beside it, and clients with homes of their own.</summary>
internal sealed class PrivateCircle : IAsyncDisposable
{
    private readonly List<ProgramProcess> _clients = [];
    private readonly List<TempFolder> _homes = [];
    private readonly List<RunningServer> _killed = [];

    private PrivateCircle(RunningServer server) => Server = server;

    public RunningServer Server { get; private set; }

    /// <summary>The file of the members.</summary>
    public string MembersFile => Server.Folder.File("members.json");

    public static async Task<PrivateCircle> StartAsync() => new(await RunningServer.StartAsync(0, "--private", "--verbose"));

    /// <summary>A folder for a client: its key is kept there.</summary>
    public TempFolder CreateHome()
    {
        var home = new TempFolder();
        _homes.Add(home);
        return home;
    }

    /// <summary>Runs one of the commands beside the server, in the server's folder, to its end.</summary>
    public async Task<(int ExitCode, Transcript Output, Transcript Errors)> RunAsync(params string[] command)
    {
        await using var process = ProgramProcess.Start(Programs.Server, command, Server.Folder.Path);
        return (await process.WaitForExitAsync(), process.Output, process.Errors);
    }

    /// <summary>Invites a user and returns the code.</summary>
    public async Task<string> InviteAsync(string user)
    {
        var (exitCode, output, errors) = await RunAsync("invite", user);
        exitCode.Should().Be(0, errors.Text);
        return output.Lines[0];
    }

    /// <summary>Starts a client and waits for nothing.</summary>
    public ProgramProcess Launch(TempFolder home, string user, params string[] options)
    {
        var port = Server.Port.ToString(CultureInfo.InvariantCulture);
        var client = RunningClient.Launch(home, [user, "127.0.0.1", port, "0", .. options]);
        _clients.Add(client);
        return client;
    }

    /// <summary>Starts a client that is refused, and returns its exit code.</summary>
    public async Task<int> RefusedAsync(TempFolder home, string user, params string[] options)
    {
        var client = Launch(home, user, options);
        var exitCode = await client.WaitForExitAsync();
        client.Errors.Lines.Should().NotBeEmpty("a refusal is told");
        client.Output.Text.Should().BeEmpty();
        return exitCode;
    }

    /// <summary>Starts a client, waits until it is connected, and returns the port at which peers reach it.</summary>
    public async Task<(ProgramProcess Client, int PeerPort)> ConnectAsync(TempFolder home, string user, params string[] options)
    {
        var client = Launch(home, user, options);
        var line = await client.WaitForLineAsync("peers reach me on port");
        return (client, int.Parse(line[(line.LastIndexOf(' ') + 1)..].TrimEnd('.'), CultureInfo.InvariantCulture));
    }

    /// <summary>Invites a user and connects.</summary>
    public async Task<(ProgramProcess Client, int PeerPort)> JoinAsync(TempFolder home, string user) =>
        await ConnectAsync(home, user, "--invite", await InviteAsync(user));

    /// <summary>Ends a client, so that its home can be used again.</summary>
    public async Task EndAsync(ProgramProcess client)
    {
        _clients.Remove(client);
        await client.DisposeAsync();
    }

    /// <summary>Kills the server, which cannot close anything, and starts it again on its port.</summary>
    public async Task KillAndRestartServerAsync()
    {
        Server.Process.Kill();
        await Server.Process.WaitForExitAsync();
        _killed.Add(Server);
        Server = await Server.RestartAsync("--private");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await Server.DisposeAsync();
        foreach (var server in _killed)
            await server.DisposeAsync();
        _homes.ForEach(home => home.Dispose());
    }
}
