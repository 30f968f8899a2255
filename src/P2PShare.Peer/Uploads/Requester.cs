using System.Net;
using P2PShare.Networking;

namespace P2PShare.Peer.Uploads;

/// <summary>Whom a peer serves first when requesters wait: the lowest value first.</summary>
internal enum Standing
{
    /// <summary>It has given this peer verified pieces.</summary>
    Gives,

    /// <summary>It says that it serves what it has.</summary>
    Serves,

    /// <summary>It serves nothing, as far as it says.</summary>
    Takes,
}

/// <summary>One conversation as <see cref="UploadSlots"/> sees it. Guarded by the lock of the slots.</summary>
/// <param name="address">The requester's address.</param>
internal sealed class Requester(IPAddress address)
{
    public IPAddress Key { get; } = RateLimitKey.Of(address);

    public Standing Standing { get; set; }

    /// <summary>It watches: it can be told CHOKED, and waits for UNCHOKED.</summary>
    public bool IsWatching { get; set; }

    /// <summary>When it last asked for content, or showed interest; a timestamp.</summary>
    public long AskedAt { get; set; }

    /// <summary>A slot is reserved for its next GET.</summary>
    public bool HasReservation { get; set; }

    /// <summary>When that slot was reserved; a timestamp.</summary>
    public long ReservedAt { get; set; }

    /// <summary>Slots that it was given while others waited.</summary>
    public int Grants { get; set; }
}
