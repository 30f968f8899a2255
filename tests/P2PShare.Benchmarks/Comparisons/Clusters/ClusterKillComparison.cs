using System.Diagnostics;
using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Comparisons.Clusters;

/// <summary>One of three servers of a cluster is killed, and its clients go on to the others.</summary>
internal sealed class ClusterKillComparison : IComparison
{
    private const string Ours = "three servers, one killed";
    private static readonly Metric Restored = new("all announced again after", "s", "0.0");
    private static readonly Metric Exact = new("lists exact after", "s", "0.0");
    private static readonly Metric Missing = new("most names missing meanwhile", "", "0");

    public string Name => "cluster-kill";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(300_000, Owners: 300);
        var contest = new Contest(
            Name, $"kill -9 of one of three servers, {dataset.Owners:N0} clients of {dataset.PerOwner:N0} files", Restored, Exact, Missing);
        contest.Add(Ours, () => RunAsync(dataset));
        contest.Add(new Goal(Restored.Name, Ours, null, 10));
        contest.Add(new Goal(Exact.Name, Ours, null, 16));
        contest.Note("The clients are server connections of the real client, all in the measuring process. A list is exact when it has "
            + "every file once; the lists of both servers that are left are looked at. A second is left for looking.");
        return await contest.RunAsync(rounds, warmsUp: false);
    }

    private static async Task<double[]> RunAsync(Dataset dataset)
    {
        await using var cluster = await ServerCluster.StartAsync(3);
        await using var clients = await ClientCrowd.StartAsync(dataset, cluster.Ports);
        var killed = cluster.Servers[2];
        using var first = new NameProbe(cluster.Ports[0], dataset.Names);
        using var second = new NameProbe(cluster.Ports[1], dataset.Names);
        while (first.CountMissing() + second.CountMissing() > 0)
            await Task.Delay(50);

        killed.Process.Kill();
        var start = Stopwatch.GetTimestamp();
        await clients.WaitUntilSomeLostAsync();
        var most = 0;
        while (!clients.AreAllRestored)
        {
            most = Math.Max(most, first.CountMissing() + second.CountMissing());
            await Task.Delay(50);
        }

        var restored = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await cluster.RemoveAsync(killed);
        while (!cluster.Ports.All(port => CountRows(port) == dataset.Names))
            await Task.Delay(200);
        return [restored, Stopwatch.GetElapsedTime(start).TotalSeconds, most];
    }

    private static int CountRows(int port)
    {
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        var saved = Path.GetTempFileName();
        ListReader.Receive(session, saved);
        var rows = File.ReadLines(saved, Encoding.UTF8).Count(line => line.StartsWith("library/", StringComparison.Ordinal));
        File.Delete(saved);
        return rows;
    }
}
