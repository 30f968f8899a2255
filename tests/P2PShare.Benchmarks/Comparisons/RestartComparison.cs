using System.Diagnostics;
using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>
/// A server that is killed and restarted, and a thousand clients that announce everything again while others send REQUEST.
/// </summary>
internal sealed class RestartComparison : IComparison
{
    private const string Ours = "server and clients";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.25);
    private static readonly Metric Complete = new("complete again after", "s", "0.0");
    private static readonly Metric P99 = new("p99 of REQUEST meanwhile", "ms", "0.0");

    public string Name => "restart";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(
            Name, $"restart of the server, {dataset.Owners:N0} clients of {dataset.PerOwner:N0} shares each", Complete, P99);
        var server = await RunningServer.StartForCrowdAsync();
        var port = server.Port;
        await using var clients = await ClientCrowd.StartAsync(dataset, port);
        contest.Add(Ours, async () =>
        {
            server.Process.Kill();
            await server.DisposeAsync();
            await clients.WaitUntilAllLostAsync();
            server = await RunningServer.StartForCrowdAsync(port);
            return RunUntilComplete(dataset, clients, port);
        });
        contest.Add(new Goal(Complete.Name, Ours, null, 30));
        contest.Note("The clients are server connections of the real client, all in the measuring process; they and the load share the "
            + "two cores of the server. "
            + "The time is from the server's start to the last client's last SHARE; then LIST_FILES has to hold every name.");
        var result = await contest.RunAsync(rounds);
        await server.DisposeAsync();
        return result;
    }

    private static double[] RunUntilComplete(Dataset dataset, ClientCrowd clients, int port)
    {
        var start = Stopwatch.GetTimestamp();
        using var load = new LineLoad(port, 10, 1, dataset.ToServer(), Dataset.Greeting);
        var worst = 0.0;
        while (!clients.AreAllRestored)
            worst = Math.Max(worst, load.Run(Slice).P99);
        var complete = Stopwatch.GetElapsedTime(start).TotalSeconds;
        MustHoldAll(dataset, port);
        return [complete, worst];
    }

    private static void MustHoldAll(Dataset dataset, int port)
    {
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        var saved = Path.GetTempFileName();
        ListReader.Receive(session, saved);
        var lines = File.ReadLines(saved, Encoding.UTF8).Count();
        File.Delete(saved);
        if (lines < dataset.Names)
            throw new InvalidDataException($"The list has {lines:N0} lines instead of {dataset.Names:N0}.");
    }
}
