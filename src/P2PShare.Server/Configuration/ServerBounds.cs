using P2PShare.Protocol;

namespace P2PShare.Server.Configuration;

/// <summary>What an operator may set otherwise than <see cref="Limits"/> has it.</summary>
/// <param name="MaxConnections">In all.</param>
/// <param name="MaxPerAddress">From one address; of IPv6, from one /64.</param>
/// <param name="MaxFiles">Of all sessions.</param>
/// <param name="MaxFilesPerClient">Of one session.</param>
internal sealed record ServerBounds(int MaxConnections, int MaxPerAddress, int MaxFiles, int MaxFilesPerClient)
{
    public static ServerBounds Default { get; } =
        new(ServerLimits.MaxConnections, ServerLimits.MaxConnectionsPerAddress, ServerLimits.MaxFiles, ServerLimits.MaxFilesPerSession);
}
