using System.Diagnostics;
using System.Globalization;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 13: how soon the programs are there.</summary>
internal sealed class StartComparison : IComparison
{
    private const double Goal = 0.15;
    private static readonly Metric Seconds = new("time", "s", "0.000");

    public string Name => "start";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, "from the start of the program until it is there", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        string[] arguments = ["bench", "127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), "0"];
        contest.Add("server, listening", () => TimeAsync(workspace, Programs.Server, ["0"], "Listening on"));
        contest.Add("client, connected", () => TimeAsync(workspace, Programs.Client, arguments, "peers reach me on port"));
        contest.Add(new Goal(Seconds.Name, "server, listening", null, Goal));
        contest.Add(new Goal(Seconds.Name, "client, connected", null, Goal));
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> TimeAsync(Workspace workspace, string program, string[] arguments, string line)
    {
        var folder = workspace.NewFolder("starting");
        var start = Stopwatch.GetTimestamp();
        await using var process = ProgramProcess.Start(program, arguments, folder, new Dictionary<string, string?> { ["XDG_STATE_HOME"] = folder });
        await process.WaitForLineAsync(line);
        return [Stopwatch.GetElapsedTime(start).TotalSeconds];
    }
}
