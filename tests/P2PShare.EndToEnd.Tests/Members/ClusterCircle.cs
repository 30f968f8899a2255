using System.Globalization;
using P2PShare.Testing;
using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>Private servers of one cluster over a real <c>nats-server</c>, and clients with homes of their own.</summary>
internal sealed class ClusterCircle : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _processes = [];
    private readonly List<TempFolder> _homes = [];
    private string? _key;

    private ClusterCircle(RunningNats nats) => Nats = nats;

    public RunningNats Nats { get; }

    public static async Task<ClusterCircle> StartAsync() => new(await RunningNats.StartAsync());

    /// <summary>The options of a server of this cluster.</summary>
    public string[] Options(TempFolder state) => ["--private", "--verbose", "--cluster", Nats.Url, "--state", state.Path];

    /// <summary>Starts a server and waits until it is in the cluster. All but the first have the key of the first.</summary>
    /// <param name="state">The folder of its state; null for a new one.</param>
    public async Task<ClusterServer> StartServerAsync(TempFolder? state = null)
    {
        state ??= CreateHome();
        if (_key is not null && !File.Exists(state.File("key.pem")))
            File.Copy(_key, state.File("key.pem"));
        var server = new ClusterServer(await RunningServer.StartAsync(0, Options(state)), state);
        _processes.Add(server.Server);
        _key ??= state.File("key.pem");
        await server.Server.Process.WaitForLineAsync("joined the cluster");
        return server;
    }

    public TempFolder CreateHome()
    {
        var home = new TempFolder();
        _homes.Add(home);
        return home;
    }

    /// <summary>Starts a client and waits for nothing.</summary>
    public ProgramProcess Launch(ClusterServer server, TempFolder home, string user, params string[] options)
    {
        var port = server.Server.Port.ToString(CultureInfo.InvariantCulture);
        var client = RunningClient.Launch(home, [user, "127.0.0.1", port, "0", .. options]);
        _processes.Add(client);
        return client;
    }

    /// <summary>Runs a client to its end: one command, or a refusal.</summary>
    public async Task<int> VisitAsync(ClusterServer server, TempFolder home, string user, params string[] options) =>
        await Launch(server, home, user, [.. options, "-c", "LIST_FILES"]).WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        await Nats.DisposeAsync();
        _homes.ForEach(home => home.Dispose());
    }
}
