using System.Text.Json;
using System.Text.Json.Serialization;
using P2PShare.Benchmarks.Comparisons.Clusters;
using P2PShare.Benchmarks.Comparisons.Encryption;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Every comparison, in the order of the table in the README.</summary>
internal static class ComparisonList
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,

        // The figures of a run that failed are infinite.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static IReadOnlyList<IComparison> Comparisons { get; } =
    [
        new FetchComparison(),
        new OwnersComparison(),
        .. SwarmComparison.All,
        new AnnounceComparison(),
        new TreeComparison(),
        RequestComparison.OneInFlight,
        RequestComparison.Pipelined,
        RequestComparison.ManyConnections,
        new MetricsComparison(),
        new MemoryComparison(),
        new IdleComparison(),
        new ListComparison(),
        new ListOthersComparison(),
        new ScaleComparison(),
        new CrowdComparison(),
        new RestartComparison(),
        new ClientMemoryComparison(),
        new StartComparison(),
        new AllocationsComparison(),
        new EncryptedFetchComparison(),
        new EncryptedTreeComparison(),
        EncryptedRequestComparison.OneInFlight,
        EncryptedRequestComparison.Pipelined,
        new EncryptedSessionsComparison(),
        new HandshakeComparison(),
        new HandshakeFloodComparison(),
        new ClusterRequestComparison(),
        new ClusterShareComparison(),
        new ClusterJoinComparison(),
        new ClusterKillComparison(),
    ];

    /// <summary>The comparison with this name, also one of a swarm with another workload; null where there is none.</summary>
    public static IComparison? Find(string name) =>
        Comparisons.FirstOrDefault(one => one.Name == name) ?? SwarmComparison.Resized(name);
}
