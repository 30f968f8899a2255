namespace P2PShare.Server.Registry.Pages;

/// <summary>A page of another server.</summary>
/// <param name="Server">The number by which this registry knows that server, 1 or more.</param>
/// <param name="Page">The number that the other server gave to the page.</param>
internal readonly record struct PageKey(int Server, int Page)
{
    /// <summary>The most servers that a registry knows during its life, those that have ended included.</summary>
    public const int MaxServer = (1 << 22) - 1;

    /// <summary>The highest number of a session that another server may have.</summary>
    public const long MaxSession = (1L << 40) - 1;

    /// <summary>The number by which this registry knows a session of that server. Sessions of this server have lower ones.</summary>
    public static long SessionOf(int server, long session) => ((long)server << 40) | session;

    /// <summary>The server of such a number; 0 for this server.</summary>
    public static int ServerOf(long session) => (int)(session >> 40);
}
