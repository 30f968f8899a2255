using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>REQUEST compared with GET of Redis, under the same load.</summary>
internal sealed class RequestComparison : IComparison
{
    private const string Ours = "server";
    private const string Rival = "Redis";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly Metric PerSecond = new("requests", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per request", "us");
    private static readonly Metric P99 = new("p99", "ms", "0.000");

    private readonly int _connections;
    private readonly int _inFlight;
    private readonly Goal[] _goals;

    private RequestComparison(string name, int connections, int inFlight, params Goal[] goals) =>
        (Name, _connections, _inFlight, _goals) = (name, connections, inFlight, goals);

    public static RequestComparison OneInFlight { get; } = new("request", 50, 1, Rate(1.0), new Goal(Cpu.Name, Ours, Rival, 1.0));

    public static RequestComparison Pipelined { get; } = new("request-pipelined", 50, 16, Rate(1.2));

    public static RequestComparison ManyConnections { get; } = new(
        "request-connections", 1000, 1, Rate(1.0), new Goal(P99.Name, Ours, Rival, 1.0));

    public string Name { get; }

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(
            Name, $"{_connections:N0} connections, {_inFlight} in flight each, {dataset.Names:N0} names", PerSecond, Cpu, P99);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        dataset.MustBeFound(
            server.Port,
            number => $"REQUEST {Dataset.NameOf(number)}\n",
            number => $"FOUND 127.0.0.1 {dataset.PortOf(number)}\n",
            Dataset.Greeting);
        using var load = new LineLoad(server.Port, _connections, _inFlight, dataset.ToServer(), Dataset.Greeting);
        contest.Add(Ours, () => RunAsync(load, server.Process.Id));

        await using var redis = await Redis.TryStartAsync();
        using var rivalLoad = redis is null ? null : LoadOf(dataset, redis);
        if (rivalLoad is null)
            contest.Note($"Skipped, not installed: {Redis.Name}.");
        else
            contest.Add(Rival, () => RunAsync(rivalLoad, redis!.Id));
        foreach (var goal in _goals)
            contest.Add(goal);
        contest.Note(
            "One thread generates the load for both, on the same two cores; the processor time is that of the measured server alone.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private LineLoad LoadOf(Dataset dataset, Redis redis)
    {
        dataset.SetIn(redis.Port);
        dataset.MustBeFound(
            redis.Port,
            number => $"*2\r\n$3\r\nGET\r\n$32\r\n{Dataset.NameOf(number)}\r\n",
            number => $"$15\r\n127.0.0.1 {dataset.PortOf(number)}\r\n",
            "");
        return new LineLoad(redis.Port, _connections, _inFlight, dataset.ToRedis(), "");
    }

    private static Task<double[]> RunAsync(LineLoad load, int server) =>
        MeasuredServer.MeasureAsync(server, () => Task.FromResult(load.Run(Time)));

    private static Goal Rate(double bound) => new(PerSecond.Name, Ours, Rival, bound, IsFloor: true);
}
