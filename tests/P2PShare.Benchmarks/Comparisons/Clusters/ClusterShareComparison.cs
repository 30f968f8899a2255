using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Comparisons.Clusters;

/// <summary>How long an announcement at one server takes until another server of the cluster finds the file.</summary>
internal sealed class ClusterShareComparison : IComparison
{
    private const int PerSecond = 5_000;
    private const int Sessions = 30;
    private const int Probes = 400;
    private const string Ours = "three servers";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly Metric P99 = new("p99 until it is found", "ms", "0.0");
    private static readonly Metric Median = new("median", "ms", "0.0");

    public string Name => "cluster-share";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, $"{PerSecond:N0} announcements a second at three servers together", P99, Median);
        await using var cluster = await ServerCluster.StartAsync(3);
        contest.Add(Ours, () => Task.FromResult(Run(cluster)));
        contest.Add(new Goal(P99.Name, Ours, null, 30));
        contest.Note($"{Sessions} sessions announce new files; {Probes} further ones are announced at the first server and asked for "
            + "at the second, without a pause. The load shares the two cores of the servers and of NATS.");
        return await contest.RunAsync(rounds);
    }

    private static double[] Run(ServerCluster cluster)
    {
        using var over = new CancellationTokenSource();
        var loads = Enumerable.Range(0, Sessions).Select(number => Connect(cluster.Ports[number % 3])).ToList();
        var sender = new Thread(() => Announce(loads, over.Token));
        sender.Start();
        using var announcing = Connect(cluster.Ports[0]);
        using var probe = new NameProbe(cluster.Ports[1], 0);
        var times = new List<double>();
        for (var number = 0; number < Probes; number++)
        {
            var name = $"probe {Guid.NewGuid():N}";
            var start = Stopwatch.GetTimestamp();
            LineExchange.Run(announcing, Encoding.ASCII.GetBytes($"ANNOUNCE {name} 9000\n"), 1);
            while (!probe.Finds(name))
                Thread.Yield();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        over.Cancel();
        sender.Join();
        loads.ForEach(load => load.Dispose());
        times.Sort();
        return [times[(int)(times.Count * 0.99)], times[times.Count / 2]];
    }

    private static Socket Connect(int port) => LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);

    private static void Announce(List<Socket> sessions, CancellationToken over)
    {
        var perTurn = (int)(PerSecond * Pause.TotalSeconds / Sessions) + 1;
        for (var turn = 0; !over.IsCancellationRequested; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var session = 0; session < sessions.Count; session++)
            {
                var lines = Enumerable.Range(0, perTurn).Select(one => $"ANNOUNCE load {session} {turn} {one} {10_000 + session}\n");
                LineExchange.Run(sessions[session], Encoding.ASCII.GetBytes(string.Concat(lines)), perTurn);
            }

            var left = Pause * ((double)perTurn * Sessions / (PerSecond * Pause.TotalSeconds)) - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
                Thread.Sleep(left);
        }
    }
}
