namespace P2PShare.Protocol;

/// <summary>
/// The bounds that the protocol promises to both sides, each with its reason. PROTOCOL.md, section 7.1, is the same table.
/// </summary>
public static class Limits
{
    /// <summary>
    /// Bytes of one line without its line end. It is several times the longest command (a name of 1,024 bytes, an id, three numbers).
    /// </summary>
    public const int MaxLineBytes = 4096;

    /// <summary>
    /// UTF-8 bytes of a file name with its folders: a quarter of Linux's PATH_MAX, which leaves room for any downloads folder.
    /// </summary>
    public const int MaxFileNameBytes = 1024;

    /// <summary>UTF-8 bytes of one part of a file name: NAME_MAX of the common file systems.</summary>
    public const int MaxNamePartBytes = 255;

    /// <summary>Unicode characters of a user name: it fits a line of a log or a table.</summary>
    public const int MaxUserNameCharacters = 64;

    /// <summary>UTF-8 bytes of the text of a SEARCH: matching costs time per file, and users type less.</summary>
    public const int MaxSearchBytes = 256;

    /// <summary>Rows of one SEARCH: a screen or two. SEARCH_END says whether there were more.</summary>
    public const int MaxSearchHits = 200;

    /// <summary>
    /// Rows in one answer to LOCATE, LOCATE_ID or LOCATE_PEERS: more owners than a download uses at once, few enough for one or two
    /// packets.
    /// </summary>
    public const int MaxLocatedOwners = 50;

    /// <summary>
    /// Rows of one WHOIS: a port belongs to one peer, except while its client reconnects, or where somebody claims another's port.
    /// </summary>
    public const int MaxWhoisRows = 8;

    /// <summary>Rows of one SERVERS, and of the servers that a client remembers: more than any cluster has.</summary>
    public const int MaxServerRows = 64;

    /// <summary>ERROR replies in a row after which a connection is closed: enough for a user who types, too few for a scanner.</summary>
    public const int MaxConsecutiveErrors = 16;

    /// <summary>Time for the first line of a connection. A client needs milliseconds; a port scanner sends none.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Silence after which a plain program's first message without a line end is complete. It is longer than packets are delayed.
    /// </summary>
    public static readonly TimeSpan UnendedMessageSilence = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Bytes of one piece, the unit of requests, verification and writes: 64 leaves of BEP 52. It is small enough for a pooled buffer
    /// and large enough that the overhead of a request is negligible.
    /// </summary>
    public const int PieceBytes = 1024 * 1024;

    /// <summary>Bytes of a leaf of the merkle tree (BEP 52).</summary>
    public const int LeafBytes = 16 * 1024;

    /// <summary>Bytes of a SHA-256 hash.</summary>
    public const int HashBytes = 32;

    /// <summary>Bytes that one GET may ask for: one piece, so that no request holds an upload slot for long.</summary>
    public const int MaxGetBytes = PieceBytes;

    /// <summary>Hashes that one HASHES may ask for: an answer of 256 KiB, the piece layer of 8 GiB.</summary>
    public const int MaxHashesPerRequest = 8192;

    /// <summary>Bytes of the largest file (4 TiB). Its piece layer, which a downloader holds in memory, has 128 MiB.</summary>
    public const long MaxFileBytes = 1L << 42;

    /// <summary>Pieces of the largest file.</summary>
    public const int MaxPieces = (int)(MaxFileBytes / PieceBytes);

    /// <summary>Ranges of pieces of one HAVE or UNCHOKED: as many as fit a line at their longest.</summary>
    public const int MaxPieceRanges = 240;

    /// <summary>How long a WATCH waits for something to tell: shorter than the patience with a silent owner.</summary>
    public static readonly TimeSpan WatchPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The latest modification time, in nanoseconds since 1970 in UTC: the year 2106, the end of file systems that count 2^32 seconds.
    /// </summary>
    public const long MaxModifiedNanoseconds = ((1L << 32) * 1_000_000_000) - 1;

    /// <summary>Rows of one FOLDERS, and of the empty folders that a peer keeps of one folder: more than any project has.</summary>
    public const int MaxEmptyFolders = 10_000;

    /// <summary>Bytes of the names in one FOLDERS: as many names of usual length.</summary>
    public const int MaxEmptyFolderBytes = 1024 * 1024;

    /// <summary>Seconds of the longest wait that a BUSY may ask for; a larger number means this one.</summary>
    public const int MaxBusySeconds = 300;
}
