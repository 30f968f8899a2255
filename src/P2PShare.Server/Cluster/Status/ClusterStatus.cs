using System.Collections.Immutable;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Status;

/// <summary>What a node knows and has counted, at one moment. Any thread may read it.</summary>
internal sealed record ClusterStatus
{
    /// <summary>The id of this server.</summary>
    public required ServerId Id { get; init; }

    public bool IsConnected { get; init; }

    /// <summary>Whether everything was received that the stream had when the connection began.</summary>
    public bool IsCaughtUp { get; init; }

    /// <summary>How long the last own lease took from being published to being received; null before the first.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>The other servers, in the order in which they were met.</summary>
    public ImmutableArray<ServerStatus> Servers { get; init; } = [];

    /// <summary>Messages that were not applied, by <see cref="DropReason"/>.</summary>
    public ImmutableArray<long> Dropped { get; init; } = [];

    public long PublishedPages { get; init; }

    /// <summary>Bytes of the published pages.</summary>
    public long PublishedBytes { get; init; }

    /// <summary>Publications that failed, or whose result never came.</summary>
    public long FailedPublications { get; init; }

    /// <summary>Rows and parts of other servers' pages for which the registry had no room.</summary>
    public long LeftOutRows { get; init; }

    /// <summary>How often this server took a new id, because others may have thought that it had ended.</summary>
    public long Rejoins { get; init; }
}
