using System.Diagnostics;
using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>New sessions in TLS at a server on one core, compared with nginx on one core.</summary>
internal sealed class HandshakeComparison : IComparison
{
    private const int AtOnce = 16;
    private const string Ours = "server";
    private const string Rival = "nginx";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly Metric PerSecond = new("new sessions", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per session", "us", "0");

    public string Name => "handshakes";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, $"whole TLS 1.3 handshakes, {AtOnce} at once, the server on one core", PerSecond, Cpu);
        await using var server = await RunningServer.StartAsync(Tool.OneCorePrefix, 0, "--max-per-address", "10000");
        contest.Add(Ours, () => RunAsync(server.Port, server.Process.Id));
        await using var nginx = await TryStartNginxAsync(workspace);
        if (nginx is null)
            contest.Note($"Skipped, not installed: {Nginx.Name}.");
        else
            contest.Add(Rival, () => RunAsync(nginx.Port, nginx.Id));
        contest.Add(new Goal(Cpu.Name, Ours, Rival, 2.0));
        contest.Note("Each session is opened and closed. The load does the other half of each handshake, on both cores, and takes more "
            + "of them than the measured server: the processor time is that of the server alone.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<Nginx?> TryStartNginxAsync(Workspace workspace)
    {
        if (Tool.Find(Nginx.Name) is null)
            return null;
        var folder = workspace.NewFolder("nginx");
        return await Nginx.StartAsync(folder, folder, new RivalCertificate(folder), isOnOneCore: true);
    }

    private static async Task<double[]> RunAsync(int port, int id)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), ProcessMetrics.CpuSeconds(id));
        var counts = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => OpenAndCloseAsync(port, start))));
        var sessions = (double)counts.Sum();
        return [sessions / Stopwatch.GetElapsedTime(start).TotalSeconds, (ProcessMetrics.CpuSeconds(id) - before) / sessions * 1e6];
    }

    private static async Task<int> OpenAndCloseAsync(int port, long start)
    {
        var count = 0;
        for (; Stopwatch.GetElapsedTime(start) < Time; count++)
            (await TlsSession.ConnectAsync(port, "")).Dispose();
        return count;
    }
}
