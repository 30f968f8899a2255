using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>The memory of a million announced files, compared with Redis.</summary>
internal sealed class MemoryComparison : IComparison
{
    private const string Ours = "server, growth of VmRSS";
    private const string Rival = "Redis, used_memory";
    private const double Mebibyte = 1024 * 1024;
    private static readonly Metric Memory = new("memory", "MiB", "0.0");

    public string Name => "memory";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var dataset = new Dataset(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"{dataset.Names:N0} files of {dataset.Owners:N0} owners, names of 32 bytes", Memory);
        contest.Add(Ours, () => FillServerAsync(dataset));
        if (Tool.Find(Redis.Name) is null)
            contest.Note($"Skipped, not installed: {Redis.Name}.");
        else
            contest.Add(Rival, () => FillRedisAsync(dataset));
        contest.Add(new Goal(Memory.Name, Ours, Rival, 1.0));
        contest.Note(
            "The server's figure is its resident memory some seconds after the last announcement, minus its resident memory when it "
            + "began to listen: registry, 1,000 sessions, and uncollected garbage. That of Redis is what its allocator has handed out.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> FillServerAsync(Dataset dataset)
    {
        await using var server = await RunningServer.StartForCrowdAsync();
        var before = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        var owners = dataset.AnnounceTo(server.Port);
        var after = await ProcessMetrics.SettledResidentBytesAsync(server.Process.Id);
        foreach (var owner in owners)
            owner.Dispose();
        return [(after - before) / Mebibyte];
    }

    private static async Task<double[]> FillRedisAsync(Dataset dataset)
    {
        await using var redis = (await Redis.TryStartAsync())!;
        dataset.SetIn(redis.Port);
        return [redis.UsedMemory() / Mebibyte];
    }
}
