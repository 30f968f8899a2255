using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>The latency of REQUEST during a slowloris attack from one address.</summary>
internal sealed class CrowdComparison : IComparison
{
    private const string During = "under attack";
    private const string Alone = "alone";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);
    private static readonly Metric P99 = new("p99 of REQUEST", "ms", "0.000");
    private static readonly Metric Growth = new("growth of VmRSS", "MiB", "0.0");

    public string Name => "crowd";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"REQUEST, 10 connections, 1 in flight each, {dataset.Names:N0} names", P99, Growth);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        using var load = new LineLoad(server.Port, 10, 1, dataset.ToServer(), Dataset.Greeting);
        contest.Add(During, () => Task.FromResult(RunUnderAttack(load, server)));
        contest.Add(Alone, () => Task.FromResult<double[]>([load.Run(Time).P99, 0]));
        contest.Add(new Goal(P99.Name, During, Alone, 2));
        contest.Note($"{SlowlorisAttack.SlowConnections:N0} connections from one address send a byte per second each, and "
            + $"{SlowlorisAttack.NonReadingConnections} more have sent LIST_FILES and read nothing.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private static double[] RunUnderAttack(LineLoad load, RunningServer server)
    {
        var before = ProcessMetrics.ResidentBytes(server.Process.Id);
        using var attack = new SlowlorisAttack(server.Port);
        var figures = load.Run(Time);
        return [figures.P99, (ProcessMetrics.ResidentBytes(server.Process.Id) - before) / 1048576.0];
    }
}
