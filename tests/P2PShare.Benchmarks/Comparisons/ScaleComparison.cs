using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>REQUEST, and the end of a session, with more and more names.</summary>
internal sealed class ScaleComparison : IComparison
{
    private const int Leaving = 1000;
    private static readonly int[] Sizes = [10_000, 1_000_000, 10_000_000];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);
    private static readonly Metric PerSecond = new("requests, 1 in flight", "1/s", "#,0");
    private static readonly Metric Pipelined = new("requests, 16 in flight", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per request, 16 in flight", "us");
    private static readonly Metric Leave = new("an owner of 1,000 leaves", "ms");

    public string Name => "scale";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, "REQUEST, 50 connections, among more and more names", PerSecond, Pipelined, Cpu, Leave);
        var opened = new List<IDisposable>();
        var servers = new List<RunningServer>();
        foreach (var size in Sizes)
        {
            var dataset = new Dataset(size, Owners: Math.Min(1000, size / 1000));
            var server = await RunningServer.StartForCrowdAsync();
            servers.Add(server);
            opened.AddRange(dataset.AnnounceTo(server.Port));
            var requests = dataset.ToServer();
            var load = new LineLoad(server.Port, 50, 1, requests, Dataset.Greeting);
            var pipelined = new LineLoad(server.Port, 50, 16, requests, Dataset.Greeting);
            opened.AddRange([load, pipelined]);
            contest.Add(NameOf(size), () => Task.FromResult(Run(load, pipelined, server)));
        }

        foreach (var size in Sizes[1..])
        {
            contest.Add(new Goal(PerSecond.Name, NameOf(Sizes[0]), NameOf(size), 1.5));
            contest.Add(new Goal(Pipelined.Name, NameOf(Sizes[0]), NameOf(size), 1.5));
            contest.Add(new Goal(Leave.Name, NameOf(size), NameOf(Sizes[0]), 1.5));
        }

        contest.Note("An owner leaves: the time from the close of its connection until none of its names is found.");
        var result = await contest.RunAsync(rounds);
        foreach (var one in opened)
            one.Dispose();
        foreach (var server in servers)
            await server.DisposeAsync();
        return result;
    }

    private static string NameOf(int size) => $"{size.ToString("N0", CultureInfo.InvariantCulture)} names";

    private static double[] Run(LineLoad load, LineLoad pipelined, RunningServer server)
    {
        var perSecond = load.Run(Time).PerSecond;
        var before = ProcessMetrics.CpuSeconds(server.Process.Id);
        var figures = pipelined.Run(Time);
        var cpu = (ProcessMetrics.CpuSeconds(server.Process.Id) - before) / figures.Replies * 1e6;
        return [perSecond, figures.PerSecond, cpu, TimeLeave(server.Port)];
    }

    private static double TimeLeave(int port)
    {
        using var asker = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        var owner = Dataset.AnnounceAmong(port, Leaving);
        var start = Stopwatch.GetTimestamp();
        owner.Dispose();
        for (var number = 0; number < Leaving; number++)
        {
            while (IsFound(asker, Dataset.NameAmong(number)))
            {
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static bool IsFound(Socket asker, string name)
    {
        asker.Send(Encoding.ASCII.GetBytes($"REQUEST {name}\n"));
        Span<byte> reply = stackalloc byte[100];
        return reply[..asker.Receive(reply)].StartsWith("FOUND"u8);
    }
}
