using P2PShare.Protocol.Identity;
using P2PShare.Server.Presence;
using P2PShare.Server.Tests.Cluster;

namespace P2PShare.Simulation.Cluster;

/// <summary>A client, and the session that it has with one of the servers.</summary>
/// <param name="address">Its own, with every server.</param>
internal sealed class ClusterClient(PeerAddress address)
{
    public PeerAddress Address => address;

    /// <summary>What it shares: names, and parts under the empty name.</summary>
    public HashSet<SharedItem> Items { get; } = [];

    /// <summary>The server that it is connected to; null for none.</summary>
    public ClusterMember? Server { get; set; }

    /// <summary>Those that it has been connected to: one that has ended may not have told the others what it withdrew before.</summary>
    public HashSet<ClusterMember> Servers { get; } = [];

    /// <summary>The number of its session there.</summary>
    public long Session { get; set; }

    public SessionPresence? Presence { get; set; }

    public UserName User { get; set; }

    /// <summary>When a server with a session of it ended without saying so, or took a new id; in ticks.</summary>
    public long ServerLostAt { get; set; } = long.MinValue / 2;

    /// <summary>When it last shared or withdrew something, or came or went; in ticks.</summary>
    public long ChangedAt { get; set; } = long.MinValue / 2;
}
