using P2PShare.Benchmarks.Load;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 8: what a million announced files take of memory, beside Redis.</summary>
internal sealed class MemoryComparison : IComparison
{
    private const string Ours = "server, growth of VmRSS";
    private const string Rival = "Redis, used_memory";
    private const double Mebibyte = 1024 * 1024;
    private static readonly Metric Memory = new("memory", "MiB", "0.0");

    public string Name => "memory";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var library = new Library(1_000_000, Owners: 1000);
        var contest = new Contest(Name, $"{library.Names:N0} files of {library.Owners:N0} owners, names of 32 bytes", Memory);
        contest.Add(Ours, () => FillServerAsync(library));
        if (Tool.Find(Redis.Name) is null)
            contest.Note($"Skipped, not installed: {Redis.Name}.");
        else
            contest.Add(Rival, () => FillRedisAsync(library));
        contest.Add(new Goal(Memory.Name, Ours, Rival, 1.0));
        contest.Note("The server's figure is its whole resident memory some seconds after the last announcement, less what it had when it "
            + "began to listen: registry, 1,000 sessions, and garbage not collected yet. Redis's is what its allocator gave out.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> FillServerAsync(Library library)
    {
        await using var server = await RunningServer.StartForCrowdAsync();
        var before = await ProcessFigures.SettledBytesAsync(server.Process.Id);
        var owners = library.AnnounceTo(server.Port);
        var after = await ProcessFigures.SettledBytesAsync(server.Process.Id);
        foreach (var owner in owners)
            owner.Dispose();
        return [(after - before) / Mebibyte];
    }

    private static async Task<double[]> FillRedisAsync(Library library)
    {
        await using var redis = (await Redis.TryStartAsync())!;
        library.SetIn(redis.Port);
        return [redis.UsedMemory() / Mebibyte];
    }
}
