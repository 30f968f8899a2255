using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli;

/// <summary>The validated arguments of the program.</summary>
/// <param name="User">The name to register.</param>
/// <param name="Servers">The addresses of one or more servers, in the order of preference.</param>
/// <param name="PeerPort">0 for any free port.</param>
/// <param name="Downloads">The folder that files are saved in.</param>
/// <param name="Bind">The address to listen on; null for all.</param>
/// <param name="Reshares">What is fetched is shared on.</param>
/// <param name="LogFile">A full path.</param>
/// <param name="IsVerbose">The log includes debug lines.</param>
internal sealed record ClientOptions(
    UserName User,
    IReadOnlyList<EndPoint> Servers,
    int PeerPort,
    string Downloads,
    IPAddress? Bind,
    bool Reshares,
    string LogFile,
    bool IsVerbose);
