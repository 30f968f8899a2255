using System.Net;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>The latency of REQUEST while another session sends LIST_FILES repeatedly.</summary>
internal sealed class ListOthersComparison : IComparison
{
    private const string During = "while another lists";
    private const string Alone = "alone";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);
    private static readonly Metric P99 = new("p99 of REQUEST", "ms", "0.000");

    public string Name => "list-others";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"REQUEST, 10 connections, 1 in flight each, {dataset.Names:N0} names", P99);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        using var load = new LineLoad(server.Port, 10, 1, dataset.ToServer(), Dataset.Greeting);
        contest.Add(During, () => RunBesideListAsync(load, server.Port));
        contest.Add(Alone, () => Task.FromResult<double[]>([load.Run(Time).P99]));
        contest.Add(new Goal(P99.Name, During, Alone, 2));
        contest.Note("Both clients share the two cores of the server, so the figures include their own work.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private static async Task<double[]> RunBesideListAsync(LineLoad load, int port)
    {
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        using var done = new CancellationTokenSource();
        var listing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                ListReader.Receive(session);
        });
        var figures = load.Run(Time);
        await done.CancelAsync();
        await listing;
        return [figures.P99];
    }
}
