namespace P2PShare.Protocol;

/// <summary>Every bound of the protocol, once, each with its reason. PROTOCOL.md, section 7, is this table in prose.</summary>
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

    /// <summary>Connections to one server: what 6 KiB each make of half a gigabyte. <c>--max-connections</c> changes it.</summary>
    public const int MaxConnections = 100_000;

    /// <summary>Connections from one address (of IPv6, from one /64): a large house behind one address, and no more. <c>--max-per-address</c> changes it.</summary>
    public const int MaxConnectionsPerAddress = 2_000;

    /// <summary>Files of one session: ten of the largest photo collections. <c>--max-files-per-client</c> changes it.</summary>
    public const int MaxFilesPerSession = 1_000_000;

    /// <summary>Files of all sessions: about 2 GiB of registry. <c>--max-files</c> changes it.</summary>
    public const int MaxFiles = 20_000_000;

    /// <summary>Commands a second of one session, on average: more than a client that shares everything again can use, less than a core answers.</summary>
    public const int CommandsPerSecond = 50_000;

    /// <summary>Commands that a session may send at once before the average counts.</summary>
    public const int CommandBurst = 100_000;

    /// <summary>How long a server that is full asks newcomers to wait, in seconds.</summary>
    public const int FullSeconds = 30;

    /// <summary>Time from a line's first byte to its end: seconds on any line that people use, and no hold for who sends a byte at a time.</summary>
    public static readonly TimeSpan LineTime = TimeSpan.FromSeconds(30);

    /// <summary>Time for a chunk of a reply, of some 64 KiB, to be taken; who does not read is dropped.</summary>
    public static readonly TimeSpan ReaderStall = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a client asks its server whether it is there.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer may take: together, a server that hangs is found within 30 s.</summary>
    public static readonly TimeSpan PongPatience = TimeSpan.FromSeconds(10);

    /// <summary>Time for a new connection's first line. A person's client needs milliseconds; a port scanner never comes to it.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that was refused is still read, so that the reply is not destroyed by a reset: time for a few packets to go to and fro.</summary>
    public static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes of it: a pasted megabyte several times over.</summary>
    public const int LingerBytes = 8 * 1024 * 1024;

    /// <summary>Silence after which an unended first message of a plain 1.0 program counts as ended: longer than a packet is delayed on its way.</summary>
    public static readonly TimeSpan UnendedMessageSilence = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a client waits for a plain server's answer to REGISTER or ANNOUNCE: some never send one.</summary>
    public static readonly TimeSpan PlainReplyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a plain server's list without LIST_END counts as complete.</summary>
    public static readonly TimeSpan PlainListSilence = TimeSpan.FromMilliseconds(500);

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

    /// <summary>Connections to one peer's port: many times its upload slots, and few beside the descriptors that a process has.</summary>
    public const int MaxPeerConnections = 512;

    /// <summary>And those of one requester (one IPv4 address or IPv6 /64): half, so that nobody alone can take them all.</summary>
    public const int MaxPeerConnectionsPerRequester = MaxPeerConnections / 2;

    /// <summary>Uploads at once. More would only make each slower; a GET is one piece, so that the turn comes round soon.</summary>
    public const int UploadSlots = 32;

    /// <summary>Upload slots of one requester (one IPv4 address or IPv6 /64): half, so that nobody alone can take them all.</summary>
    public const int UploadSlotsPerRequester = UploadSlots / 2;

    /// <summary>How long a GET waits for an upload slot before it is answered BUSY.</summary>
    public static readonly TimeSpan UploadSlotPatience = TimeSpan.FromSeconds(5);

    /// <summary>Time without a byte after which an owner counts as stalled and its pieces go to others.</summary>
    public static readonly TimeSpan OwnerStall = TimeSpan.FromSeconds(10);

    /// <summary>The same for a plain owner, which cannot say that it is busy and lets requesters wait in silence.</summary>
    public static readonly TimeSpan PlainOwnerStall = TimeSpan.FromSeconds(60);

    /// <summary>Time without a byte taken after which an upload is broken off, so that a requester who stopped frees its slot.</summary>
    public static readonly TimeSpan RequesterStall = TimeSpan.FromSeconds(30);

    /// <summary>Time without a command after which a peer conversation is closed: longer than any pause of a download.</summary>
    public static readonly TimeSpan PeerIdle = TimeSpan.FromMinutes(2);

    /// <summary>How long a client waits for a line that a server with features owes it.</summary>
    public static readonly TimeSpan ServerSilence = TimeSpan.FromSeconds(20);

    /// <summary>Rows of one list after which a client stops reading: more than any table that a person reads, and a bound for a list without an end.</summary>
    public const int MaxListedRows = 10_000_000;

    /// <summary>Bytes of a list that a client keeps whole, as it does a folder's: nearly a million rows of common length, and less than a computer notices.</summary>
    public const int MaxKeptListBytes = 256 * 1024 * 1024;
}
