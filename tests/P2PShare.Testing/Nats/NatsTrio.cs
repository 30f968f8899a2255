using System.Text.Json;

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

    /// <summary>Which of the servers leads a stream.</summary>
    public async Task<int> FindLeaderAsync(string stream)
    {
        using var info = await InfoAsync(stream) ?? throw new InvalidOperationException("the stream has no leader");
        var leader = info.RootElement.GetProperty("cluster").GetProperty("leader").GetString();
        return Enumerable.Range(0, Count).First(number => NameOf(number) == leader);
    }

    /// <summary>Waits until each server has all of a stream, so that any of them may be killed.</summary>
    public Task WaitUntilAllAreCurrentAsync(string stream) => Eventually.True(
        async () =>
        {
            using var info = await InfoAsync(stream);
            return info is not null
                && info.RootElement.TryGetProperty("cluster", out var cluster)
                && cluster.TryGetProperty("leader", out _)
                && cluster.TryGetProperty("replicas", out var others)
                && others.EnumerateArray().Count(other => other.GetProperty("current").GetBoolean()) == Count - 1;
        },
        "all NATS servers to have the stream",
        TimeSpan.FromMinutes(2));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
            await server.DisposeAsync();
        foreach (var relay in _relays)
            await relay.DisposeAsync();
    }

    private static string NameOf(int number) => $"nats-{number}";

    // Null where there is no leader.
    private async Task<JsonDocument?> InfoAsync(string stream)
    {
        try
        {
            return JsonDocument.Parse(await NatsRequest.SendAsync(Servers[0].Port, $"$JS.API.STREAM.INFO.{stream}", ""));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<RunningNats> StartOneAsync(int number)
    {
        var others = _relays.Where((_, other) => other != number).Select(relay => $"nats://127.0.0.1:{relay.Port}");
        var server = await RunningNats.StartAsync(
            "--cluster", "nats://127.0.0.1:ROUTE", "--cluster_name", "test", "--server_name", NameOf(number),
            "--cluster_advertise", $"127.0.0.1:{_relays[number].Port}", "--routes", string.Join(',', others));
        _relays[number].Target = server.RoutePort;
        return server;
    }
}
