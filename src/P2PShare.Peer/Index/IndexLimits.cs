namespace P2PShare.Peer.Index;

/// <summary>
/// How long a client waits for its server, and how much it accepts from it. PROTOCOL.md, section 7.3, describes these bounds.
/// </summary>
internal static class IndexLimits
{
    /// <summary>Silence after which a client sends PING.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);

    /// <summary>How long PONG may take. Together with <see cref="PingAfter"/>, a server that hangs is detected within 30 s.</summary>
    public static readonly TimeSpan PongPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a client waits for a plain server's reply to REGISTER or ANNOUNCE: some never send one.</summary>
    public static readonly TimeSpan PlainReplyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a plain server's list without LIST_END counts as complete.</summary>
    public static readonly TimeSpan PlainListSilence = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a client waits for a line that a server with features has to send.</summary>
    public static readonly TimeSpan ServerSilence = TimeSpan.FromSeconds(20);

    /// <summary>Rows of one list that a client reads: more than anybody reads, and a bound for a list without an end.</summary>
    public const int MaxListedRows = 10_000_000;

    /// <summary>
    /// Bytes of a list that a client holds in memory, as it does for a folder: nearly a million rows with names of common length.
    /// </summary>
    public const int MaxKeptListBytes = 256 * 1024 * 1024;
}
