namespace P2PShare.Server.Cluster.Servers;

/// <summary>How much a node takes on, and when it loses patience.</summary>
internal sealed record ClusterBounds
{
    public static readonly ClusterBounds Default = new();

    /// <summary>Other servers that are known at once.</summary>
    public int MaxServers { get; init; } = 64;

    /// <summary>Pages of one other server: 256 million entries. A page costs some 40 bytes beside its entries.</summary>
    public int MaxPagesPerServer { get; init; } = 4_000_000;

    /// <summary>Servers that have ended or were forgotten, of which a late message is recognized.</summary>
    public int MaxDeparted { get; init; } = 1024;

    /// <summary>How often a server publishes its lease.</summary>
    public static readonly TimeSpan LeaseInterval = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which the entries of a server come last: two leases are missing.</summary>
    public static readonly TimeSpan DoubtfulAge = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which a server is forgotten, and after which it takes a new id, because others have forgotten it.</summary>
    public static readonly TimeSpan DeadAge = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Silence after which a server's messages are purged. It is longer than <see cref="DeadAge"/>, so that a server that lives has
    /// taken a new id before, whatever the clocks' drift.
    /// </summary>
    public static readonly TimeSpan PurgeAge = TimeSpan.FromSeconds(20);

    /// <summary>The least time between two purges of one server.</summary>
    public static readonly TimeSpan PurgeInterval = TimeSpan.FromSeconds(30);

    /// <summary>Publications of pages that are under way at once.</summary>
    public const int MaxPublications = 256;
}
