namespace P2PShare.Peer.Uploads;

/// <summary>What a peer allows those who fetch from it. PROTOCOL.md, section 7.4, is this table in prose.</summary>
internal static class UploadLimits
{
    /// <summary>Connections to one peer's port: many times its upload slots, and few beside the descriptors that a process has.</summary>
    public const int MaxConnections = 512;

    /// <summary>And those of one requester (one IPv4 address or IPv6 /64): half, so that nobody alone can take them all.</summary>
    public const int MaxConnectionsPerRequester = MaxConnections / 2;

    /// <summary>Uploads at once. More would only make each slower; a GET is one piece, so that the turn comes round soon.</summary>
    public const int Slots = 32;

    /// <summary>Upload slots of one requester (one IPv4 address or IPv6 /64): half, so that nobody alone can take them all.</summary>
    public const int SlotsPerRequester = Slots / 2;

    /// <summary>How long a GET waits for an upload slot before it is answered BUSY.</summary>
    public static readonly TimeSpan SlotPatience = TimeSpan.FromSeconds(5);

    /// <summary>Time without a byte taken after which an upload is broken off, so that a requester who stopped frees its slot.</summary>
    public static readonly TimeSpan RequesterStall = TimeSpan.FromSeconds(30);

    /// <summary>Time without a command after which a peer conversation is closed: longer than any pause of a download.</summary>
    public static readonly TimeSpan ConversationIdle = TimeSpan.FromMinutes(2);
}
