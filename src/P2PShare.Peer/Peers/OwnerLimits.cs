namespace P2PShare.Peer.Peers;

/// <summary>How long a peer waits for those it fetches from. PROTOCOL.md, section 7.5, is this table in prose.</summary>
internal static class OwnerLimits
{
    /// <summary>Time without a byte after which an owner counts as stalled and its pieces go to others.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(10);

    /// <summary>The same for a plain owner, which cannot say that it is busy and lets requesters wait in silence.</summary>
    public static readonly TimeSpan PlainStall = TimeSpan.FromSeconds(60);
}
