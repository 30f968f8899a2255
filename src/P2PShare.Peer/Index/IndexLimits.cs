namespace P2PShare.Peer.Index;

/// <summary>How long the client waits for its server, and how much it takes from it. PROTOCOL.md, section 7.3, is this table in prose.</summary>
internal static class IndexLimits
{
    /// <summary>Silence after which a client asks its server whether it is there.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer may take: together, a server that hangs is found within 30 s.</summary>
    public static readonly TimeSpan PongPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a client waits for a plain server's answer to REGISTER or ANNOUNCE: some never send one.</summary>
    public static readonly TimeSpan PlainReplyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a plain server's list without LIST_END counts as complete.</summary>
    public static readonly TimeSpan PlainListSilence = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a client waits for a line that a server with features owes it.</summary>
    public static readonly TimeSpan ServerSilence = TimeSpan.FromSeconds(20);

    /// <summary>Rows of one list after which a client stops reading: more than any table that a person reads, and a bound for a list without an end.</summary>
    public const int MaxListedRows = 10_000_000;

    /// <summary>Bytes of a list that a client keeps whole, as it does a folder's: nearly a million rows of common length, and less than a computer notices.</summary>
    public const int MaxKeptListBytes = 256 * 1024 * 1024;
}
