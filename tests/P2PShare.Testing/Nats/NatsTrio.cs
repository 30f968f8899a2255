namespace P2PShare.Testing.Nats;

/// <summary>
/// Three <c>nats-server</c> that are a cluster. Each has to be told before it starts where the others will be, so there is a relay before
/// each port for the others.
/// </summary>
public sealed class NatsTrio : IAsyncDisposable
{
    private const int Count = 3;

    private readonly TcpRelay[] _relays = [.. Enumerable.Range(0, Count).Select(_ => new TcpRelay())];

    public IReadOnlyList<RunningNats> Servers { get; private set; } = [];

    /// <summary>The URLs of all, as a server of P2PShare takes them.</summary>
    public string Urls => string.Join(',', Servers.Select(server => server.Url));

    public static async Task<NatsTrio> StartAsync()
    {
        var trio = new NatsTrio();
        trio.Servers = await Task.WhenAll(Enumerable.Range(0, Count).Select(trio.StartOneAsync));
        return trio;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
            await server.DisposeAsync();
        foreach (var relay in _relays)
            await relay.DisposeAsync();
    }

    private async Task<RunningNats> StartOneAsync(int number)
    {
        var others = _relays.Where((_, other) => other != number).Select(relay => $"nats://127.0.0.1:{relay.Port}");
        var server = await RunningNats.StartAsync(
            "--cluster", "nats://127.0.0.1:ROUTE", "--cluster_name", "test", "--server_name", $"nats-{number}",
            "--cluster_advertise", $"127.0.0.1:{_relays[number].Port}", "--routes", string.Join(',', others));
        _relays[number].Target = server.RoutePort;
        return server;
    }
}
