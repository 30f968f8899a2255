namespace P2PShare.Peer.Uploads;

/// <summary>What a peer allows its requesters. PROTOCOL.md, section 7.4, describes these bounds.</summary>
internal static class UploadLimits
{
    /// <summary>Connections to the peer port: many times the upload slots, and few compared to the descriptors of a process.</summary>
    public const int MaxConnections = 512;

    /// <summary>Connections of one requester (one IPv4 address or IPv6 /64): half, so that no single requester can take them all.</summary>
    public const int MaxConnectionsPerRequester = MaxConnections / 2;

    /// <summary>Concurrent uploads. More would only make each slower; a GET is at most one piece, so a slot is free again soon.</summary>
    public const int Slots = 32;

    /// <summary>
    /// Upload slots of one requester (one IPv4 address or IPv6 /64): half, so that no single requester can take them all.
    /// </summary>
    public const int SlotsPerRequester = Slots / 2;

    /// <summary>
    /// Uploads at once to requesters that watch, while others of them wait: one is sent while the next is asked for. More are served at
    /// once only while that raises the total (<see cref="UploadCapacity"/>).
    /// </summary>
    public const int MinWatchingSlots = 2;

    /// <summary>
    /// Bytes of an upload to a requester that watches which wait in the system's send buffer. With megabytes there, a slot would be free
    /// long before its piece is sent, and many pieces would share the line.
    /// </summary>
    public const int MaxUnsentBytes = 128 * 1024;

    /// <summary>GETs that UNCHOKED allows at once while nobody else waits; otherwise it allows one.</summary>
    public const int UncontendedGets = 8;

    /// <summary>Pieces that UNCHOKED suggests: the requester may have some of them from others.</summary>
    public const int SuggestedPieces = 16;

    /// <summary>How long a requester that waits for a slot is not told of new pieces, so that several are told together.</summary>
    public static readonly TimeSpan TellInterestedAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long the slot of an UNCHOKED waits for the GET: a long round trip.</summary>
    public static readonly TimeSpan ReservationTime = TimeSpan.FromSeconds(2);

    /// <summary>How long a GET waits for an upload slot before the reply is BUSY.</summary>
    public static readonly TimeSpan SlotPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a requester may take no byte before its upload is aborted, which frees its slot.</summary>
    public static readonly TimeSpan RequesterStall = TimeSpan.FromSeconds(30);

    /// <summary>How long a SWARM conversation may be without a command before it is closed: longer than any pause of a download.</summary>
    public static readonly TimeSpan ConversationIdle = TimeSpan.FromMinutes(2);
}
