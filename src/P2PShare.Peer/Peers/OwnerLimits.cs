namespace P2PShare.Peer.Peers;

/// <summary>How long a peer waits for an owner that it fetches from. PROTOCOL.md, section 7.5, describes these bounds.</summary>
internal static class OwnerLimits
{
    /// <summary>An owner that sends no byte for this long has stalled, and its pieces are asked of others.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(10);

    /// <summary>The same for a plain owner: it cannot answer BUSY, and lets requesters wait in silence.</summary>
    public static readonly TimeSpan PlainStall = TimeSpan.FromSeconds(60);
}
