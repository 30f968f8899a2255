using System.Diagnostics;
using System.Net;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>A server that is killed and started again, and a thousand clients that tell it everything anew while others ask it for names.</summary>
internal sealed class RestartComparison : IComparison
{
    private const string Ours = "server and clients";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.25);
    private static readonly Metric Whole = new("whole again after", "s", "0.0");
    private static readonly Metric P99 = new("p99 of REQUEST meanwhile", "ms", "0.0");

    public string Name => "restart";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var library = new Library(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"restart of the server, {library.Owners:N0} clients of {library.PerOwner:N0} shares each", Whole, P99);
        var server = await RunningServer.StartForCrowdAsync();
        var port = server.Port;
        await using var clients = await ClientCrowd.StartAsync(library, port);
        contest.Add(Ours, async () =>
        {
            server.Process.KillHard();
            await server.DisposeAsync();
            await clients.AllLostAsync();
            server = await RunningServer.StartForCrowdAsync(port);
            return RunUntilWhole(library, clients, port);
        });
        contest.Add(new Goal(Whole.Name, Ours, null, 30));
        contest.Note("The clients are the control connections of the real client, all in the process that measures; they and the load share the server's two cores. "
            + "The time is from the server's start to the last client's last SHARE; then LIST_FILES has to hold every name.");
        var result = await contest.RunAsync(rounds);
        await server.DisposeAsync();
        return result;
    }

    private static double[] RunUntilWhole(Library library, ClientCrowd clients, int port)
    {
        var start = Stopwatch.GetTimestamp();
        using var load = new LineLoad(port, 10, 1, library.ToServer(), Library.Greeting);
        var worst = 0.0;
        while (!clients.AreAllBack)
            worst = Math.Max(worst, load.Run(Slice).P99);
        var whole = Stopwatch.GetElapsedTime(start).TotalSeconds;
        MustHoldAll(library, port);
        return [whole, worst];
    }

    private static void MustHoldAll(Library library, int port)
    {
        using var session = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Library.Greeting);
        var saved = Path.GetTempFileName();
        Lists.Receive(session, saved);
        var lines = File.ReadLines(saved, Encoding.UTF8).Count();
        File.Delete(saved);
        if (lines < library.Names)
            throw new InvalidDataException($"The list has {lines:N0} lines in place of {library.Names:N0}.");
    }
}
