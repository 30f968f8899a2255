namespace P2PShare.Server.Configuration;

/// <summary>What the server allows its clients. PROTOCOL.md, section 7.2, is this table in prose.</summary>
internal static class ServerLimits
{
    /// <summary>Connections to one server: what 6 KiB each make of half a gigabyte. <c>--max-connections</c> changes it.</summary>
    public const int MaxConnections = 100_000;

    /// <summary>Connections from one address (of IPv6, from one /64): a large household behind one address, and no more. <c>--max-per-address</c> changes it.</summary>
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

    /// <summary>How long a connection that was refused is still read, so that the reply is not destroyed by a reset: time for a few packets to go to and fro.</summary>
    public static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes of it: a pasted megabyte several times over.</summary>
    public const int LingerBytes = 8 * 1024 * 1024;
}
