using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>What counting for <c>--metrics</c> costs a REQUEST: two servers under the same load, in turns.</summary>
internal sealed class MetricsComparison : IComparison
{
    private const string Counting = "server --metrics";
    private const string Alone = "server";
    private const int Connections = 50;
    private const int InFlight = 16;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly Metric PerSecond = new("requests", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per request", "us");
    private static readonly Metric P99 = new("p99", "ms", "0.000");

    public string Name => "metrics";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(100_000, Owners: 100);
        var contest = new Contest(Name, $"{Connections} connections, {InFlight} in flight each", PerSecond, Cpu, P99);
        await using var counting = await RunningServer.StartAsync(0, "--max-per-address", "10000", "--metrics", "0");
        await using var alone = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(counting.Port).Concat(dataset.AnnounceTo(alone.Port)).ToList();
        using var countedLoad = new LineLoad(counting.Port, Connections, InFlight, dataset.ToServer(), Dataset.Greeting);
        using var aloneLoad = new LineLoad(alone.Port, Connections, InFlight, dataset.ToServer(), Dataset.Greeting);
        contest.Add(Counting, () => RunAsync(countedLoad, counting.Process.Id));
        contest.Add(Alone, () => RunAsync(aloneLoad, alone.Process.Id));
        contest.Add(new Goal(PerSecond.Name, Counting, Alone, 0.98, IsFloor: true));
        contest.Add(new Goal(Cpu.Name, Counting, Alone, 1.02));
        var result = await contest.RunAsync(rounds);
        owners.ForEach(owner => owner.Dispose());
        return result;
    }

    private static Task<double[]> RunAsync(LineLoad load, int server) =>
        MeasuredServer.MeasureAsync(server, () => Task.FromResult(load.Run(Time)));
}
