namespace P2PShare.Server.Configuration;

/// <summary>The bounds that the server enforces. PROTOCOL.md, section 7.2, describes each of them.</summary>
internal static class ServerLimits
{
    /// <summary>Connections at once: with 6 KiB each, they take half a gigabyte. <c>--max-connections</c> changes it.</summary>
    public const int MaxConnections = 100_000;

    /// <summary>
    /// Connections at once from one address (of IPv6, from one /64): a large network behind one address. <c>--max-per-address</c>
    /// changes it.
    /// </summary>
    public const int MaxConnectionsPerAddress = 2_000;

    /// <summary>Files and parts of one session: ten of the largest photo collections. <c>--max-files-per-client</c> changes it.</summary>
    public const int MaxFilesPerSession = 1_000_000;

    /// <summary>Files and parts of all sessions: about 2 GiB of registry. <c>--max-files</c> changes it.</summary>
    public const int MaxFiles = 20_000_000;

    /// <summary>
    /// Files and parts of all servers of a cluster together, which each of them keeps in memory: about 6 GiB.
    /// <c>--cluster-max-files</c> changes it.
    /// </summary>
    public const int MaxFilesOfCluster = 3 * MaxFiles;

    /// <summary>
    /// Commands per second of one session, on average: more than a client that announces all its files again can send, fewer than one
    /// core executes.
    /// </summary>
    public const int CommandsPerSecond = 50_000;

    /// <summary>Commands that a session may send at once before <see cref="CommandsPerSecond"/> applies.</summary>
    public const int CommandBurst = 100_000;

    /// <summary>Seconds that a full server asks new clients to wait, in BUSY.</summary>
    public const int FullSeconds = 30;

    /// <summary>From a line's first byte to its end: ample on any network, and a limit for clients that send a byte at a time.</summary>
    public static readonly TimeSpan LineTime = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to receive a chunk of a reply, of some 64 KiB, before its connection is aborted.</summary>
    public static readonly TimeSpan ReaderStall = TimeSpan.FromSeconds(30);

    /// <summary>How long a refused connection is still read, so that no reset destroys the reply: a few round trips.</summary>
    public static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes of a refused connection are still read: several times a pasted megabyte.</summary>
    public const int LingerBytes = 8 * 1024 * 1024;
}
