using System.Net;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 10, its other half: what the REQUESTs of others wait while somebody lists everything, over and over.</summary>
internal sealed class ListOthersComparison : IComparison
{
    private const string During = "while another lists";
    private const string Alone = "alone";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);
    private static readonly Metric P99 = new("p99 of REQUEST", "ms", "0.000");

    public string Name => "list-others";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var library = new Library(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"REQUEST, 10 connections, 1 in flight each, {library.Names:N0} names", P99);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = library.AnnounceTo(server.Port);
        using var load = new LineLoad(server.Port, 10, 1, library.ToServer(), Library.Greeting);
        contest.Add(During, () => RunBesideListAsync(load, server.Port));
        contest.Add(Alone, () => Task.FromResult<double[]>([load.Run(Time).P99]));
        contest.Add(new Goal(P99.Name, During, Alone, 2));
        contest.Note("Who lists and who requests share the server's two cores, so this counts their own work, too, and not only the server's.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private static async Task<double[]> RunBesideListAsync(LineLoad load, int port)
    {
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Library.Greeting);
        using var done = new CancellationTokenSource();
        var listing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                Lists.Receive(session);
        });
        var figures = load.Run(Time);
        await done.CancelAsync();
        await listing;
        return [figures.P99];
    }
}
