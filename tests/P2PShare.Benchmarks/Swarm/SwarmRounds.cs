using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>Adds swarms to a contest. Each run has a new network, which is removed at its end.</summary>
/// <param name="contest">The contest.</param>
/// <param name="workspace">The folder for the homes of the hosts.</param>
/// <param name="file">The file that is fetched.</param>
/// <param name="cancellation">Ends a run early.</param>
internal sealed class SwarmRounds(Contest contest, Workspace workspace, string file, CancellationToken cancellation)
{
    /// <summary>The figures of a run, in this order.</summary>
    public static Metric[] Metrics { get; } =
    [
        new("last has it", "copies"), new("mean", "copies"), new("sent by the owner", "copies"), new("received by each", "copies", "0.000"),
    ];

    public static string Last => Metrics[0].Name;

    public static string Mean => Metrics[1].Name;

    public static string Sent => Metrics[2].Name;

    public static string Received => Metrics[3].Name;

    public void Add(string contestant, ISwarmProgram program, SwarmWorkload workload) =>
        contest.Add(contestant, () => RunAsync(contestant, program, workload));

    // A run that fails does not end the contest, but its figures are infinite, so that it misses every goal.
    private async Task<double[]> RunAsync(string contestant, ISwarmProgram program, SwarmWorkload workload)
    {
        cancellation.ThrowIfCancellationRequested();
        await using var network = await ShapedNetwork.CreateAsync(workload.ClientCount, workload.Mbits, workspace.NewFolder("swarm"));
        var run = new SwarmRun(program, workload, network, file);
        try
        {
            var figures = await run.RunAsync(cancellation);
            if (workload.Event == SwarmEvent.OwnerIsKilled && !run.IsOwnerKilled)
                contest.Note($"{contestant}: the owner was not killed, because it sent less; the run says nothing about its loss.");
            return [figures.Last, figures.Mean, figures.Sent, figures.Received];
        }
        catch (SwarmFailure failure)
        {
            contest.Note($"{contestant}: a run failed: {failure.Message}");
            return [.. Metrics.Select(_ => double.PositiveInfinity)];
        }
    }
}
