using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text;
using P2PShare.Client.Text;
using P2PShare.Peer.Index.Servers;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli;

/// <summary>Parses and validates the program's arguments, with System.CommandLine.</summary>
internal sealed class CommandLine
{
    private const int MaxUploadSlots = UploadLimits.MaxConnections;

    private readonly Argument<UserName> _user = new("username")
    {
        Description = "the name you go by, up to 64 characters",
        CustomParser = result => UserName.TryParse(Encoding.UTF8.GetBytes(Word(result)), out var name, out var refusal)
            ? name
            : Refuse<UserName>(result, $"username: {refusal}"),
    };

    private readonly Argument<string> _host = new("server_ip")
    {
        Description = "the server: an IPv4 or IPv6 address, or a host name; "
            + "or several, host:port,host:port, to go on with the next where one does not answer",
        CustomParser = result => Servers(Word(result), PeerAddress.MaxPort) is not null
            ? Word(result)
            : Refuse<string>(result, "server_ip is neither an address nor a host name"),
    };

    private readonly Argument<int> _port = new("server_port")
    {
        Description = "the server's port, 1 to 65535; of several servers, that of those which name none",
        CustomParser = result => ParsePort(result, "server_port", least: 1),
    };

    private readonly Argument<int> _peerPort = new("my_peer_port")
    {
        Description = "the port that other peers fetch from, 1 to 65535; 0 for any free one",
        CustomParser = result => ParsePort(result, "my_peer_port", least: 0),
    };

    private readonly Option<string> _downloads = new("--downloads")
    {
        Description = "the folder that files are saved in",
        HelpName = "DIR",
        CustomParser = result => Word(result) is var folder && folder.Length > 0 && !File.Exists(folder)
            ? folder
            : Refuse<string>(result, "--downloads takes a folder" + (folder.Length == 0 ? "" : $", and {folder} is a file")),
        DefaultValueFactory = _ => "./downloads",
    };

    private readonly Option<IPAddress?> _bind = new("--bind")
    {
        Description = "the address to listen on; all of them, IPv6 and IPv4, where it is not given",
        HelpName = "ADDRESS",
        CustomParser = result => IPAddress.TryParse(Word(result), out var address)
            ? address
            : Refuse<IPAddress>(result, "--bind takes an IP address"),
    };

    private readonly Option<string[]> _commands = new("--command", "-c")
    {
        Description = "run this command instead of those of the standard input, and exit; may be given several times",
        HelpName = "COMMAND",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _shares = new("--share")
    {
        Description = "announce this file or folder at the start; may be given several times",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _excluded = new("--exclude")
    {
        Description = "leave out of the folders of --share what matches, as in .gitignore; may be given several times",
        HelpName = "GLOB",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _stay = new("--stay")
    {
        Description = "read no commands; after those of -c, go on sharing until SIGTERM or Ctrl+C",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    private readonly Option<long> _uploadLimit = LimitOption("--upload-limit", "uploads");
    private readonly Option<long> _downloadLimit = LimitOption("--download-limit", "downloads");

    private readonly Option<int> _uploadSlots = new("--upload-slots")
    {
        Description = $"uploads at once, 1 to {MaxUploadSlots}; half of them at most for one requester",
        HelpName = "N",
        CustomParser = result =>
            int.TryParse(Word(result), NumberStyles.None, null, out var slots) && slots is >= 1 and <= MaxUploadSlots
                ? slots
                : Refuse<int>(result, $"--upload-slots is not a number in 1..{MaxUploadSlots}"),
        DefaultValueFactory = _ => UploadLimits.Slots,
    };

    private readonly Option<bool> _notify = new("--notify")
    {
        Description = "tell when somebody begins and ends fetching from this client",
    };

    private readonly Option<bool> _noReshare = new("--no-reshare")
    {
        Description = "do not share what is fetched; others are served first then",
    };

    private readonly Option<bool> _noTimes = new("--no-times")
    {
        Description = "give fetched files the time of their arrival, and not that of their last change at the owner",
    };

    private readonly Option<KeyFingerprint?> _serverKey = new("--server-key")
    {
        Description = "the fingerprint of the server's key; another server is refused",
        HelpName = "FINGERPRINT",
        CustomParser = result => KeyFingerprint.TryParseTyped(Word(result), out var key)
            ? key
            : Refuse<KeyFingerprint>(result, $"--server-key takes the {KeyFingerprint.HexLength} digits that the server prints"),
    };

    private readonly Option<InvitationCode?> _invitation = new("--invite")
    {
        Description = "join a private server with this code, once",
        HelpName = "CODE",
        CustomParser = result => InvitationCode.TryParse(Word(result), out var code)
            ? code
            : Refuse<InvitationCode>(result, "--invite takes the code that 'server invite' printed, whole"),
    };

    private readonly Option<bool> _noEncryption = new("--no-encryption")
    {
        Description = "talk in clear text, also to those who could encrypt",
    };

    private readonly Option<string> _log = new("--log")
    {
        Description = "the log file",
        HelpName = "FILE",
        CustomParser = result => Word(result) is var file && file.Length > 0 && !Directory.Exists(file)
            ? file
            : Refuse<string>(result, "--log takes a file" + (file.Length == 0 ? "" : $", and {file} is a folder")),
        DefaultValueFactory = _ => UserFolders.LogFile,
    };

    private readonly Option<bool> _logJson = new("--log-json") { Description = "write the log as JSON, one object a line" };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "log in more detail" };

    public CommandLine()
    {
        var blankLine = Environment.NewLine + Environment.NewLine;
        var purpose = "Shares files with other peers, and fetches theirs.";
        Root = new RootCommand(string.Join(blankLine, purpose, EnvironmentOptions.Help, ExitCodes.Help))
        {
            _user, _host, _port, _peerPort, _commands, _stay, _shares, _excluded, _json, _downloads, _bind, _uploadLimit,
            _downloadLimit, _uploadSlots, _notify, _noReshare, _noTimes, _serverKey,
            _invitation, _noEncryption, _log, _logJson, _verbose,
        };
    }

    public RootCommand Root { get; }

    /// <summary>The first error in the arguments, in a few words; null where there is none.</summary>
    public string? FirstProblem(ParseResult result)
    {
        if (result.Errors.Count == 0)
            return null;

        // The parser's own message for a missing argument does not name it.
        var missing = Root.Arguments.FirstOrDefault(argument => result.GetResult(argument) is not { Tokens.Count: > 0 });
        return missing is null ? result.Errors[0].Message : $"{missing.Name} is missing, as in 'client ayse 127.0.0.1 8080 0'";
    }

    public ClientOptions OptionsOf(ParseResult result)
    {
        return new ClientOptions(
            result.GetRequiredValue(_user),
            Servers(result.GetRequiredValue(_host), result.GetRequiredValue(_port))!,
            result.GetRequiredValue(_peerPort),
            result.GetRequiredValue(_downloads),
            result.GetValue(_bind),
            result.GetRequiredValue(_shares),
            result.GetRequiredValue(_excluded),
            result.GetRequiredValue(_commands),
            result.GetValue(_stay),
            result.GetValue(_json),
            result.GetValue(_uploadLimit),
            result.GetValue(_downloadLimit),
            result.GetRequiredValue(_uploadSlots),
            result.GetValue(_notify),
            !result.GetValue(_noReshare),
            !result.GetValue(_noTimes),
            Path.GetFullPath(result.GetRequiredValue(_log)),
            result.GetValue(_logJson),
            result.GetValue(_verbose))
        {
            ServerKey = result.GetValue(_serverKey),
            Invitation = result.GetValue(_invitation),
            Encrypts = !result.GetValue(_noEncryption),
        };
    }

    // Null where one of them is malformed.
    private static List<EndPoint>? Servers(string words, int defaultPort)
    {
        var servers = new List<EndPoint>();
        foreach (var word in words.Split(','))
        {
            if (!ServerAddress.TryParse(word, defaultPort, out var server))
                return null;
            servers.Add(server);
        }

        return servers;
    }

    private static Option<long> LimitOption(string name, string transfers) => new(name)
    {
        Description = $"the most that all {transfers} together take: {ByteRate.Rule}",
        HelpName = "RATE",
        CustomParser = result => ByteRate.TryParse(Word(result), RateLimiter.LeastBytesPerSecond, out var limit)
            ? limit
            : Refuse<long>(result, $"{name} takes {ByteRate.Rule}"),
    };

    private static string Word(ArgumentResult result) => result.Tokens[0].Value;

    private static int ParsePort(ArgumentResult result, string name, int least) =>
        int.TryParse(Word(result), NumberStyles.None, null, out var port) && port >= least && port <= PeerAddress.MaxPort
            ? port
            : Refuse<int>(result, $"{name} is not a number in {least}..{PeerAddress.MaxPort}");

    private static T? Refuse<T>(ArgumentResult result, string reason)
    {
        result.AddError(reason);
        return default;
    }
}
