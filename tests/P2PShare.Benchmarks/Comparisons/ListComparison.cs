using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>LIST_FILES of a million files, compared with <c>cat</c> of the same bytes into a socket.</summary>
internal sealed class ListComparison : IComparison
{
    private const string Ours = "server, LIST_FILES";
    private const string Rival = "cat into a socket";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly Metric Seconds = new("time", "s", "0.000");
    private static readonly Metric Growth = new("growth of VmRSS meanwhile", "MiB", "0.0");

    public string Name => "list";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"the list of {dataset.Names:N0} files", Seconds, Growth);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, server.Port), Dataset.Greeting);
        var saved = Path.Combine(workspace.NewFolder("list"), "list.txt");
        var bytes = ListReader.Receive(session, saved);
        contest.Add(Ours, () => ListAsync(session, server));
        contest.Add(Rival, () => CatAsync(saved, bytes));
        contest.Add(new Goal(Seconds.Name, Ours, Rival, 1.5));
        contest.Add(new Goal(Growth.Name, Ours, null, 4));
        contest.Note(string.Create(CultureInfo.InvariantCulture, $"The answer is {bytes / 1048576.0:0.0} MiB."));
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private static async Task<double[]> ListAsync(Socket session, RunningServer server)
    {
        var before = ProcessMetrics.ResidentBytes(server.Process.Id);
        var most = before;
        var start = Stopwatch.GetTimestamp();
        var listing = Task.Run(() =>
        {
            ListReader.Receive(session);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        using var tick = new PeriodicTimer(Interval);
        while (!listing.IsCompleted && await tick.WaitForNextTickAsync())
            most = Math.Max(most, ProcessMetrics.ResidentBytes(server.Process.Id));
        return [await listing, (most - before) / 1048576.0];
    }

    private static async Task<double[]> CatAsync(string file, long bytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var start = Stopwatch.GetTimestamp();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var cat = ProgramProcess.Start("/bin/bash", ["-c", "cat \"$0\" >/dev/tcp/127.0.0.1/$1", file, port]);
        using var socket = await listener.AcceptSocketAsync();
        ListReader.Receive(socket, bytes);
        return [Stopwatch.GetElapsedTime(start).TotalSeconds, 0];
    }
}
