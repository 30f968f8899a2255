namespace P2PShare.Protocol;

/// <summary>The bounds that the wire promises, each with its reason. PROTOCOL.md, section 7.1, is this table in prose.</summary>
public static class Limits
{
    /// <summary>Bytes of one line without its line end. Fits the longest command (a name of 1,024 bytes, an id, three numbers) several times over.</summary>
    public const int MaxLineBytes = 4096;

    /// <summary>UTF-8 bytes of a file name with its folders. A quarter of Linux's PATH_MAX, so that any downloads folder leaves room for it.</summary>
    public const int MaxFileNameBytes = 1024;

    /// <summary>UTF-8 bytes of one part of a file name: NAME_MAX of the common file systems.</summary>
    public const int MaxNamePartBytes = 255;

    /// <summary>Unicode characters of a user name: what fits a line of a log or a table.</summary>
    public const int MaxUserNameCharacters = 64;

    /// <summary>UTF-8 bytes of the text of a SEARCH: matching costs time for each file, and nobody types more.</summary>
    public const int MaxSearchBytes = 256;

    /// <summary>Rows of one SEARCH: a screen or two. SEARCH_END says whether there were more.</summary>
    public const int MaxSearchHits = 200;

    /// <summary>Owners named by one LOCATE: more than a download can use at once, few enough to send in one packet or two.</summary>
    public const int MaxLocatedOwners = 50;

    /// <summary>ERROR replies in a row after which a connection is closed: enough for a person who types, too few for a scanner.</summary>
    public const int MaxConsecutiveErrors = 16;

    /// <summary>Time for a new connection's first line. A person's client needs milliseconds; a port scanner never comes to it.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which an unended first message of a plain 1.0 program counts as ended: longer than a packet is delayed on its way.</summary>
    public static readonly TimeSpan UnendedMessageSilence = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of one piece, the unit that is asked for, verified and written: 64 leaves of BEP 52. Small enough for a pooled buffer, large enough that a request costs nothing beside it.</summary>
    public const int PieceBytes = 1024 * 1024;

    /// <summary>Bytes of a leaf of the merkle tree (BEP 52).</summary>
    public const int LeafBytes = 16 * 1024;

    /// <summary>Bytes of a SHA-256.</summary>
    public const int HashBytes = 32;

    /// <summary>The most bytes one GET may ask for: one piece, so that an upload slot is never held for long.</summary>
    public const int MaxGetBytes = PieceBytes;

    /// <summary>Hashes that one HASHES may ask for: 256 KiB of answer, the piece layer of 8 GiB.</summary>
    public const int MaxHashesPerRequest = 8192;

    /// <summary>The largest file, in bytes (4 TiB): its piece layer, held in memory by a downloader, is 128 MiB.</summary>
    public const long MaxFileBytes = 1L << 42;

    /// <summary>The longest wait, in seconds, that a BUSY may ask for; a larger figure is taken for this one.</summary>
    public const int MaxBusySeconds = 300;
}
