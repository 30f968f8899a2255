namespace P2PShare.Server.Configuration;

/// <summary>The bounds that the command line may set; by default those of <see cref="ServerLimits"/>.</summary>
/// <param name="MaxConnections">Connections at once.</param>
/// <param name="MaxPerAddress">Connections at once from one address; of IPv6, from one /64.</param>
/// <param name="MaxFiles">Files of all sessions.</param>
/// <param name="MaxFilesPerClient">Files of one session.</param>
internal sealed record ServerBounds(int MaxConnections, int MaxPerAddress, int MaxFiles, int MaxFilesPerClient)
{
    public static ServerBounds Default { get; } =
        new(ServerLimits.MaxConnections, ServerLimits.MaxConnectionsPerAddress, ServerLimits.MaxFiles, ServerLimits.MaxFilesPerSession);
}
