using System.Net;
using System.Net.Sockets;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>The memory of idle sessions.</summary>
internal sealed class IdleComparison : IComparison
{
    private const int Wanted = 50_000;
    private const int Reserved = 500;
    private const int PerAddress = 10_000;
    private const string Ours = "server";
    private static readonly Metric Kibibytes = new("memory of a session", "KiB");

    public string Name => "idle";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var sessions = Math.Min(Wanted, DescriptorLimit.Current - Reserved);
        var contest = new Contest(Name, $"{sessions:N0} idle sessions", Kibibytes);
        contest.Add(Ours, () => OpenAsync(sessions));
        contest.Add(new Goal(Kibibytes.Name, Ours, null, 6));
        contest.Note("Growth of the server's VmRSS, divided by the number of sessions; each one has registered and is silent.");
        if (sessions < Wanted)
            contest.Note(
                $"A process can open {DescriptorLimit.Current:N0} descriptors here, so there are fewer than {Wanted:N0} sessions.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> OpenAsync(int sessions)
    {
        await using var server = await RunningServer.StartForCrowdAsync();
        var before = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        var end = new IPEndPoint(IPAddress.Loopback, server.Port);
        var sockets = new Socket[sessions];
        for (var number = 0; number < sessions; number++)
            sockets[number] = LineLoad.Connect(end, Dataset.Greeting, new IPAddress([127, 0, 1, (byte)(1 + number / PerAddress)]));
        var after = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        foreach (var socket in sockets)
            socket.Dispose();
        return [(after - before) / 1024.0 / sessions];
    }
}
