using P2PShare.Benchmarks.Inner;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 14: managed memory that is allocated for each unit of work, in steady state, by the real server and peers in this process.</summary>
internal sealed class AllocationsComparison : IComparison
{
    // Not exactly 0: the garbage collector's own counters, and threads that come and go, show as a fraction of a byte.
    private const double Nothing = 1;
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
            contest.Add(new Goal(Allocated.Name, unit, null, Nothing));
        contest.Note("GC.GetTotalAllocatedBytes round the work, with the other side outside the runtime's heap (raw sockets) or in another "
            + "process; pieces received are those of a download between its first quarter and its end.");
        return await contest.RunAsync(rounds);
    }
}
