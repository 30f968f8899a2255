using System.Diagnostics;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Clusters;

/// <summary>A server that joins three others with a million files, and what their clients notice of it.</summary>
internal sealed class ClusterJoinComparison : IComparison
{
    private const string Joining = "a fourth server joins";
    private const string Quiet = "nothing happens";
    private const double Mebibyte = 1024 * 1024;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);
    private static readonly Metric Whole = new("whole after", "s");
    private static readonly Metric P99 = new("p99 of REQUEST at another", "ms", "0.000");
    private static readonly Metric Remote = new("memory of the newcomer", "MiB", "0.0");
    private static readonly Metric Nats = new("memory of nats-server", "MiB", "0.0");

    public string Name => "cluster-join";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 999);
        var contest = new Contest(Name, $"{dataset.Names:N0} files at three servers", Whole, P99, Remote, Nats);
        await using var cluster = await ServerCluster.StartAsync(3);
        var empty = await EmptyMemoryAsync(cluster);
        var owners = Enumerable.Range(0, dataset.Owners).Select(owner => dataset.Announce(cluster.Ports[owner % 3], owner)).ToList();
        using var load = new LineLoad(cluster.Ports[0], 10, 1, dataset.ToServer(), Dataset.Greeting);
        contest.Add(Joining, () => JoinAsync(cluster, dataset, load, empty));
        contest.Add(Quiet, async () => [0, load.Run(Time).P99, await LocalMemoryAsync(dataset), MemoryOf(cluster.Nats.Process.Id)]);
        contest.Add(new Goal(Whole.Name, Joining, null, 2));
        contest.Add(new Goal(P99.Name, Joining, Quiet, 2));
        contest.Add(new Goal(Remote.Name, Joining, Quiet, 1.1));
        contest.Add(new Goal(Nats.Name, Joining, null, 300));
        contest.Note("The newcomer is whole when it finds a name of each page, from the start of the program on. Its memory is what it "
            + "has more than in a cluster without files; beside it stands what a server alone, to whose own clients the same files belong, "
            + "has more than at its start.");
        var result = await contest.RunAsync(rounds);
        owners.ForEach(owner => owner.Dispose());
        return result;
    }

    private static async Task<double> EmptyMemoryAsync(ServerCluster cluster)
    {
        var server = await cluster.AddAsync();
        var memory = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        await cluster.RemoveAsync(server);
        return memory / Mebibyte;
    }

    private static async Task<double[]> JoinAsync(ServerCluster cluster, Dataset dataset, LineLoad load, double empty)
    {
        var loading = Task.Run(() => load.Run(Time));
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var start = Stopwatch.GetTimestamp();
        var newcomer = await cluster.AddAsync();
        using (var probe = new NameProbe(newcomer.Port, dataset.Names))
        {
            while (probe.CountMissing() > 0)
                await Task.Delay(10);
        }

        var whole = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var p99 = (await loading).P99;
        var memory = await ProcessMetrics.SettledResidentBytesAsync(newcomer.Process.Id);
        var nats = MemoryOf(cluster.Nats.Process.Id);
        await cluster.RemoveAsync(newcomer);
        return [whole, p99, (memory / Mebibyte) - empty, nats];
    }

    private static async Task<double> LocalMemoryAsync(Dataset dataset)
    {
        await using var server = await RunningServer.StartForCrowdAsync();
        var before = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        var owners = dataset.AnnounceTo(server.Port);
        var memory = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id) - before;
        foreach (var owner in owners)
            owner.Dispose();
        return memory / Mebibyte;
    }

    private static double MemoryOf(int process) => ProcessMetrics.ResidentBytes(process) / Mebibyte;
}
