using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Clusters;

/// <summary>REQUEST at a server of a cluster, compared with the same server alone.</summary>
internal sealed class ClusterRequestComparison : IComparison
{
    private const string Ours = "server in a cluster";
    private const string Alone = "server alone";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly Metric PerSecond = new("requests", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per request", "us");
    private static readonly Metric P99 = new("p99", "ms", "0.000");

    public string Name => "cluster-request";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"50 connections, 16 in flight each, {dataset.Names:N0} names", PerSecond, Cpu, P99);
        await using var alone = await RunningServer.StartForCrowdAsync();
        await using var cluster = await ServerCluster.StartAsync(1);
        var owners = dataset.AnnounceTo(alone.Port).Concat(dataset.AnnounceTo(cluster.Ports[0])).ToList();
        using var load = new LineLoad(cluster.Ports[0], 50, 16, dataset.ToServer(), Dataset.Greeting);
        using var loadAlone = new LineLoad(alone.Port, 50, 16, dataset.ToServer(), Dataset.Greeting);
        contest.Add(Ours, () => MeasuredServer.MeasureAsync(cluster.Servers[0].Process.Id, () => Task.FromResult(load.Run(Time))));
        contest.Add(Alone, () => MeasuredServer.MeasureAsync(alone.Process.Id, () => Task.FromResult(loadAlone.Run(Time))));
        contest.Add(new Goal(PerSecond.Name, Ours, Alone, 0.97, IsFloor: true));
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }
}
