using System.Text.Json;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Every comparison, in the order of the table in the README.</summary>
internal static class ComparisonList
{
    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true };

    public static IReadOnlyList<IComparison> Comparisons { get; } =
    [
        new FetchComparison(),
        new OwnersComparison(),
        new AnnounceComparison(),
        new TreeComparison(),
        RequestComparison.OneInFlight,
        RequestComparison.Pipelined,
        RequestComparison.ManyConnections,
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
    ];
}
