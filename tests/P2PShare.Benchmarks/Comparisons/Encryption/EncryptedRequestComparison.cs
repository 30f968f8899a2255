using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>REQUEST compared with GET of Redis, under the same load, both in TLS.</summary>
internal sealed class EncryptedRequestComparison : IComparison
{
    private const int Connections = 50;
    private const string Ours = "server";
    private const string Rival = "Redis";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly Metric PerSecond = new("requests", "1/s", "#,0");
    private static readonly Metric Cpu = new("CPU per request", "us");
    private static readonly Metric P99 = new("p99", "ms", "0.000");

    private readonly int _inFlight;

    private EncryptedRequestComparison(string name, int inFlight) => (Name, _inFlight) = (name, inFlight);

    public static EncryptedRequestComparison OneInFlight { get; } = new("request-tls", 1);

    public static EncryptedRequestComparison Pipelined { get; } = new("request-tls-pipelined", 16);

    public string Name { get; }

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(
            Name, $"{Connections:N0} connections in TLS, {_inFlight} in flight each, {dataset.Names:N0} names", PerSecond, Cpu, P99);
        await using var server = await RunningServer.StartForCrowdAsync();
        var owners = dataset.AnnounceTo(server.Port);
        using var load = await TlsLineLoad.ConnectAsync(server.Port, Connections, _inFlight, dataset.ToServer(), Dataset.Greeting);
        contest.Add(Ours, () => RunAsync(load, server.Process.Id));

        await using var redis = await Redis.TryStartAsync(new RivalCertificate(workspace.NewFolder("redis")));
        using var rivalLoad = redis is null ? null : await LoadOfAsync(dataset, redis);
        if (rivalLoad is null)
            contest.Note($"Skipped, not installed: {Redis.Name}.");
        else
            contest.Add(Rival, () => RunAsync(rivalLoad, redis!.Id));
        contest.Add(new Goal(PerSecond.Name, Ours, Rival, 1.0, IsFloor: true));
        contest.Note(
            "The load takes most of the two cores for both, because it encrypts, too; the processor time is that of the measured server.");
        var result = await contest.RunAsync(rounds);
        foreach (var owner in owners)
            owner.Dispose();
        return result;
    }

    private async Task<TlsLineLoad> LoadOfAsync(Dataset dataset, Redis redis)
    {
        dataset.SetIn(redis.Port);
        return await TlsLineLoad.ConnectAsync(redis.TlsPort, Connections, _inFlight, dataset.ToRedis(), "");
    }

    private static Task<double[]> RunAsync(TlsLineLoad load, int server) =>
        MeasuredServer.MeasureAsync(server, () => load.RunAsync(Time));
}
