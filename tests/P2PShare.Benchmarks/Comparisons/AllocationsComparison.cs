using P2PShare.Benchmarks.Inner;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Managed memory that the real server and peers allocate in this process for each unit of work, in steady state.</summary>
internal sealed class AllocationsComparison : IComparison
{
    // Not exactly 0: counters of the garbage collector, and threads that start and end, account for a fraction of a byte.
    private const double MaxBytes = 1;
    private static readonly Metric Allocated = new("allocated", "bytes");

    public string Name => "allocations";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var contest = new Contest(Name, "managed bytes for each unit of work in steady state", Allocated);
        await using var server = await RequestAllocations.StartAsync();
        await using var serving = await ServedAllocations.StartAsync(workspace);
        await using var receiving = await ReceivedAllocations.StartAsync(workspace);
        contest.Add("REQUEST handled", () => Task.FromResult<double[]>([server.Measure()]));
        contest.Add("piece served", () => Task.FromResult<double[]>([serving.Measure()]));
        contest.Add("piece received", async () => [await receiving.MeasureAsync()]);
        foreach (var unit in new[] { "REQUEST handled", "piece served", "piece received" })
            contest.Add(new Goal(Allocated.Name, unit, null, MaxBytes));
        contest.Note("GC.GetTotalAllocatedBytes before and after the work, with the other side on raw sockets or in another "
            + "process; pieces received are those of a download between its first quarter and its end.");
        return await contest.RunAsync(rounds);
    }
}
