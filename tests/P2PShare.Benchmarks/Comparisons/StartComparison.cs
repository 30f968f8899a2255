using System.Diagnostics;
using System.Globalization;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 13: how soon the programs are ready, and what they occupy then.</summary>
internal sealed class StartComparison : IComparison
{
    private const string Server = "server, listening";
    private const string Client = "client, connected";
    private const string ClearText = "client, connected without encryption";
    private const string Smallest = "echo, printed";
    private const double Megabyte = 1e6;
    private static readonly Metric Seconds = new("time", "s", "0.000");
    private static readonly Metric Resident = new("memory", "MB", "0.0");

    public string Name => "start";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, "from the start of the program until it is ready", Seconds, Resident);
        await using var server = await RunningServer.StartForCrowdAsync();
        string[] arguments = ["bench", "127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), "0"];
        contest.Add(Smallest, () => StartAsync(workspace, "/bin/sh", ["-c", "echo started; exec sleep 60"], "started"));
        contest.Add(Server, () => StartAsync(workspace, Programs.Server, ["0"], "Listening on"));
        contest.Add(Client, () => StartAsync(workspace, Programs.Client, arguments, "peers reach me on port"));
        string[] inClearText = [.. arguments, "--no-encryption"];
        contest.Add(ClearText, () => StartAsync(workspace, Programs.Client, inClearText, "peers reach me on port"));
        contest.Add(new Goal(Seconds.Name, Server, null, 0.02));
        contest.Add(new Goal(Seconds.Name, Client, null, 0.03));
        contest.Add(new Goal(Seconds.Name, ClearText, null, 0.03));
        contest.Add(new Goal(Resident.Name, Server, null, 20));
        contest.Add(new Goal(Resident.Name, Client, null, 20));
        contest.Note("The first row is what starting any program costs here; the others contain it.");
        contest.Note("Each is a first start, which makes a key. The client in clear text shows what loading OpenSSL and using it take.");
        contest.Note("Memory is the program's VmRSS some seconds later.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> StartAsync(Workspace workspace, string program, string[] arguments, string line)
    {
        var folder = workspace.NewFolder("starting");
        var start = Stopwatch.GetTimestamp();
        var environment = new Dictionary<string, string?> { ["XDG_STATE_HOME"] = folder };
        await using var process = ProgramProcess.Start(program, arguments, folder, environment);
        await process.WaitForLineAsync(line);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return [seconds, await ProcessMetrics.SettledResidentBytesAsync(process.Id) / Megabyte];
    }
}
