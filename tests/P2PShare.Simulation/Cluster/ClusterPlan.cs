using P2PShare.Server.Tests.Cluster;

namespace P2PShare.Simulation.Cluster;

/// <summary>The parameters of a run.</summary>
/// <param name="Seed">The seed of every random choice.</param>
/// <param name="Servers">How many servers there are.</param>
/// <param name="CreateRegistry">Makes the registry of a server that starts.</param>
internal sealed record ClusterPlan(int Seed, int Servers, Func<TimeProvider, IClusterRegistry> CreateRegistry)
{
    public int Clients { get; init; } = 12;

    /// <summary>Times of faults, each followed by a time without.</summary>
    public int Rounds { get; init; } = 3;
}

/// <summary>The outcome of a run.</summary>
/// <param name="Seconds">Simulated time.</param>
/// <param name="Operations">What clients did.</param>
/// <param name="Faults">What happened to servers.</param>
/// <param name="Rejoins">How often a server took a new id.</param>
/// <param name="Checks">Comparisons of registries.</param>
/// <param name="Digest">A hash of everything that was stored in the stream.</param>
internal sealed record ClusterResult(double Seconds, int Operations, int Faults, long Rejoins, int Checks, ulong Digest);
