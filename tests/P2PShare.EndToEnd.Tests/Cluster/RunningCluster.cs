using System.Diagnostics;
using System.Net.Sockets;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>The servers of a cluster, and clients of them.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private readonly List<RunningServer> _servers = [];
    private readonly List<RunningClient> _clients = [];

    public IReadOnlyList<RunningServer> Servers => _servers;

    /// <summary>Starts servers, and waits until each knows all others.</summary>
    /// <param name="urls">NATS.</param>
    /// <param name="count">How many.</param>
    /// <param name="options">Further arguments of each.</param>
    public static async Task<RunningCluster> StartAsync(string urls, int count, params string[] options)
    {
        var cluster = new RunningCluster();
        for (var number = 0; number < count; number++)
            await cluster.AddAsync(urls, options);
        await cluster.WaitUntilAllKnowEachOtherAsync();
        return cluster;
    }

    /// <summary>Starts a server, and waits only until it listens.</summary>
    public async Task<RunningServer> AddAsync(string urls, params string[] options)
    {
        var server = await RunningServer.StartAsync(0, ["--cluster", urls, .. options]);
        _servers.Add(server);
        return server;
    }

    /// <summary>Leaves out a server that has ended.</summary>
    public async Task RemoveAsync(RunningServer server)
    {
        _servers.Remove(server);
        await server.DisposeAsync();
    }

    public async Task<RunningClient> ConnectAsync(RunningServer server, string user)
    {
        var client = await RunningClient.StartAsync(server, user);
        _clients.Add(client);
        return client;
    }

    public async Task WaitUntilAllKnowEachOtherAsync()
    {
        foreach (var server in _servers)
        {
            await Eventually.True(
                async () => (await IndexSession.AskAsync(server, "SERVERS")) is var rows && rows.Count == _servers.Count - 1,
                $"the server at port {server.Port} to know the others",
                TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>Waits until every server lists exactly these names, each as often as it is given, and returns how long that took.</summary>
    public async Task<TimeSpan> WaitForNamesAsync(params string[] names)
    {
        var clock = Stopwatch.StartNew();
        var expected = names.Order(StringComparer.Ordinal).ToList();
        IReadOnlyList<string> listed = [];
        RunningServer? behind = null;
        try
        {
            foreach (var server in _servers)
            {
                behind = server;
                await Eventually.True(
                    async () =>
                    {
                        listed = [.. (await RowsAsync(server)).Select(row => row.Split(' ', 5)[^1])];
                        return listed.SequenceEqual(expected, StringComparer.Ordinal);
                    },
                    "the names",
                    TimeSpan.FromMinutes(2));
            }
        }
        catch (Exception e) when (e is TimeoutException or SocketException or IOException)
        {
            throw new TimeoutException(
                $"{e.Message} After {clock.Elapsed.TotalSeconds:0.0} s the server at port {behind!.Port} lists "
                + $"{string.Join(", ", listed)} and not "
                + $"{string.Join(", ", expected)}.\n{behind.Process.Output.Text}\n{behind.Process.Errors.Text}", e);
        }

        (await ListsAsync()).Distinct().Should().ContainSingle("all servers say the same of each entry");
        return clock.Elapsed;
    }

    /// <summary>What each server lists, in one order.</summary>
    public async Task<string[]> ListsAsync() => await Task.WhenAll(
        _servers.Select(async server => string.Join('\n', (await RowsAsync(server)).Order(StringComparer.Ordinal))));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private static Task<IReadOnlyList<string>> RowsAsync(RunningServer server) => IndexSession.AskAsync(server, "LIST_SHARES");
}
