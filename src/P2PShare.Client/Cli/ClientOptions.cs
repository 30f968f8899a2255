using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli;

/// <summary>What the command line says, checked.</summary>
/// <param name="User">The name to register.</param>
/// <param name="Servers">Where the server is: addresses or host names, and ports; one or more, in the order to try them.</param>
/// <param name="PeerPort">0 for any free port.</param>
/// <param name="Downloads">The folder that files are saved in.</param>
/// <param name="Bind">The address to listen on; null for all.</param>
/// <param name="LogFile">A full path.</param>
/// <param name="IsVerbose">The log takes debug lines, too.</param>
internal sealed record ClientOptions(
    UserName User, IReadOnlyList<EndPoint> Servers, int PeerPort, string Downloads, IPAddress? Bind, string LogFile, bool IsVerbose);
