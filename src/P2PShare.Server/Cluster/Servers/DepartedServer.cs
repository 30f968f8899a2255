using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Servers;

/// <summary>A server that has ended, or that was forgotten because it was not heard of.</summary>
internal sealed class DepartedServer(ServerId id)
{
    public ServerId Id { get; } = id;

    /// <summary>Whether it has ended for certain: its id is not used again. Otherwise it may come back.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The time stamp of its newest lease, or newest message, in UTC ticks.</summary>
    public long Heard { get; set; }

    /// <summary>Whether messages of it may be in the stream.</summary>
    public bool HasMessages { get; set; }

    /// <summary>When its messages were purged last; null for never.</summary>
    public TimeSpan? PurgedAt { get; set; }

    /// <summary>When it was heard of again, which makes a replay necessary; null where it was not.</summary>
    public TimeSpan? ReturnedAt { get; set; }
}
