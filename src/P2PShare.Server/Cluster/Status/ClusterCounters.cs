using System.Collections.Immutable;

namespace P2PShare.Server.Cluster.Status;

/// <summary>What a node has counted since it started. Used by one thread.</summary>
internal sealed class ClusterCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];

    public long PublishedPages { get; set; }

    /// <summary>Bytes of the published pages.</summary>
    public long PublishedBytes { get; set; }

    /// <summary>Publications that failed, or whose result never came.</summary>
    public long FailedPublications { get; set; }

    /// <summary>Rows and parts of other servers' pages for which the registry had no room.</summary>
    public long LeftOutRows { get; set; }

    /// <summary>How often the node took a new id.</summary>
    public long Rejoins { get; set; }

    public void Drop(DropReason reason) => _dropped[(int)reason]++;

    /// <summary>Dropped messages by <see cref="DropReason"/>.</summary>
    public ImmutableArray<long> CopyDropped() => [.. _dropped];
}
