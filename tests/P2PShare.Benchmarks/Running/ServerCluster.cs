using P2PShare.Testing.Nats;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>Servers of one cluster, and the NATS that they use.</summary>
internal sealed class ServerCluster : IAsyncDisposable
{
    private readonly List<RunningServer> _servers = [];

    private ServerCluster(RunningNats nats) => Nats = nats;

    public RunningNats Nats { get; }

    public IReadOnlyList<RunningServer> Servers => _servers;

    public int[] Ports => [.. _servers.Select(server => server.Port)];

    /// <exception cref="InvalidOperationException">nats-server is not installed.</exception>
    public static async Task<ServerCluster> StartAsync(int servers)
    {
        if (RunningNats.WhySkipped is { } reason)
            throw new InvalidOperationException(reason);
        var cluster = new ServerCluster(await RunningNats.StartAsync());
        for (var number = 0; number < servers; number++)
            await cluster.AddAsync();
        return cluster;
    }

    public async Task<RunningServer> AddAsync()
    {
        string[] options = ["--cluster", Nats.Url, "--max-connections", "190000", "--max-per-address", "190000"];
        _servers.Add(await RunningServer.StartAsync(DescriptorLimit.MaximumPrefix, 0, options));
        return _servers[^1];
    }

    public async Task RemoveAsync(RunningServer server)
    {
        _servers.Remove(server);
        await server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        await Nats.DisposeAsync();
    }
}
