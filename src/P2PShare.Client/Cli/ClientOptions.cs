using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli;

/// <summary>The validated arguments of the program.</summary>
/// <param name="User">The name to register.</param>
/// <param name="Servers">The addresses of one or more servers, in the order of preference.</param>
/// <param name="PeerPort">0 for any free port.</param>
/// <param name="Downloads">The folder that files are saved in.</param>
/// <param name="Bind">The address to listen on; null for all.</param>
/// <param name="Shares">Files and folders to announce at the start.</param>
/// <param name="Excluded">What is left out of those folders: patterns in the syntax of gitignore.</param>
/// <param name="Commands">Command lines to run instead of those of the standard input.</param>
/// <param name="Stays">After the commands, the client shares until it is told to end; it reads no input.</param>
/// <param name="IsJson">The output is JSON, an object a line.</param>
/// <param name="UploadLimit">Bytes a second of all uploads together; 0 for no limit.</param>
/// <param name="DownloadLimit">Bytes a second of all downloads together; 0 for no limit.</param>
/// <param name="UploadSlots">Uploads at once, at least 1.</param>
/// <param name="Notifies">It is told when somebody begins and ends fetching from this client.</param>
/// <param name="Reshares">What is fetched is shared on.</param>
/// <param name="KeepsTimes">Fetched files get the modification times that they have at their owners.</param>
/// <param name="LogFile">A full path.</param>
/// <param name="LogIsJson">The log is JSON, an object a line.</param>
/// <param name="IsVerbose">The log includes debug lines.</param>
internal sealed record ClientOptions(
    UserName User,
    IReadOnlyList<EndPoint> Servers,
    int PeerPort,
    string Downloads,
    IPAddress? Bind,
    IReadOnlyList<string> Shares,
    IReadOnlyList<string> Excluded,
    IReadOnlyList<string> Commands,
    bool Stays,
    bool IsJson,
    long UploadLimit,
    long DownloadLimit,
    int UploadSlots,
    bool Notifies,
    bool Reshares,
    bool KeepsTimes,
    string LogFile,
    bool LogIsJson,
    bool IsVerbose)
{
    /// <summary>This client talks in TLS to those who do, too.</summary>
    public bool Encrypts { get; init; } = true;

    /// <summary>The key that the server must have; null for the one that is known, or for whichever is met.</summary>
    public KeyFingerprint? ServerKey { get; init; }

    /// <summary>To a private server; null where none was given.</summary>
    public InvitationCode? Invitation { get; init; }

    /// <summary>A person types the commands into a terminal, or may read them from a pipe; else they were given as options.</summary>
    public bool ReadsCommands => Commands.Count == 0 && !Stays;
}
