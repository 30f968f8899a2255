using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>
/// The latency of REQUEST in TLS while one address begins handshakes that it never ends, and sends garbage for handshakes.
/// </summary>
internal sealed class HandshakeFloodComparison : IComparison
{
    private const string During = "under attack";
    private const string Alone = "alone";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);
    private static readonly Metric P99 = new("p99 of REQUEST", "ms", "0.000");
    private static readonly Metric Growth = new("growth of VmRSS", "MiB", "0.0");

    public string Name => "handshake-flood";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"REQUEST in TLS, 10 connections, 1 in flight each, {dataset.Names:N0} names", P99, Growth);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        using var load = await TlsLineLoad.ConnectAsync(server.Port, 10, 1, dataset.ToServer(), Dataset.Greeting);
        contest.Add(During, () => RunUnderAttackAsync(load, server));
        contest.Add(Alone, async () => [(await load.RunAsync(Time)).P99, 0]);
        contest.Add(new Goal(P99.Name, During, Alone, 2));
        contest.Note($"{HandshakeFlood.HalfOpen:N0} connections from one address have sent half a ClientHello, and "
            + $"{HandshakeFlood.Garbage} send random bytes in its place; one that the server has closed is opened again.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private static async Task<double[]> RunUnderAttackAsync(TlsLineLoad load, RunningServer server)
    {
        var before = ProcessMetrics.ResidentBytes(server.Process.Id);
        using var attack = new HandshakeFlood(server.Port);
        var figures = await load.RunAsync(Time);
        return [figures.P99, (ProcessMetrics.ResidentBytes(server.Process.Id) - before) / 1048576.0];
    }
}
