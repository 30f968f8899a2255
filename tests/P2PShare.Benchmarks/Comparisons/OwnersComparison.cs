using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>A large file from four owners at once, compared with one owner.</summary>
internal sealed class OwnersComparison : IComparison
{
    private const long Size = 2L * 1024 * 1024 * 1024;
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "owners";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var file = workspace.LargeFile(Size);
        var contest = new Contest(Name, "2 GiB over loopback from four owners", Seconds);
        await using var alone = await OwnerGroup.StartAsync(workspace, file, "alone", owners: 1);
        await using var together = await OwnerGroup.StartAsync(workspace, file, "together", owners: 4);
        contest.Add("four owners", () => TimedFetch.WithClientAsync(together.Server, file));
        contest.Add("one owner", () => TimedFetch.WithClientAsync(alone.Server, file));
        contest.Add(new Goal(Seconds.Name, "four owners", "one owner", 1.0));
        contest.Note("All owners share one file on the disk, each on its own port.");
        return await contest.RunAsync(rounds);
    }
}
