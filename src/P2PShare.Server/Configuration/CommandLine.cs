using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Server.Configuration;

/// <summary>Parses the arguments to <see cref="ServerOptions"/>, or answers with help, the version or one line of refusal.</summary>
internal static class CommandLine
{
    private static string Description =>
        $"""
        The index of P2PShare: it knows who shares which files, and tells those who ask. The files themselves go from peer to peer.

        Members of a private server, whether it runs or not (each has its --help):
          server invite <username>  print a code with which somebody joins it, once
          server members  list the members and the open invitations
          server revoke <username>  end a membership, and the sessions of that member

        Servers of a cluster:
          server cluster --cluster URL  show which servers it has, and how they are

        Environment:
          {EnvironmentOptions.Prefix}PORT  the port, where the command line has none
          {EnvironmentOptions.Prefix}MAX_FILES  as --max-files, and so for every option; the command line wins
          {EnvironmentOptions.Prefix}JSON  1 is --json, and so for every option without a value

        Signals:
          SIGINT, SIGTERM  stop the server
          SIGHUP  stops it, too; under a service manager that sets NOTIFY_SOCKET it reopens the log file

        Exit codes:
          {ExitCodes.Ok}  stopped by Ctrl+C, SIGTERM or SIGHUP
          {ExitCodes.Failed}  the log file or the key cannot be written, the system cannot encrypt, or an unexpected error
          {ExitCodes.BadUsage}  wrong arguments
          {ExitCodes.CannotJoin}  the cluster cannot be joined: NATS refuses the credentials, or has no JetStream or another kind of stream
          {ExitCodes.CannotListen}  cannot listen: a port is taken, or an address is not one of this machine's
        """;

    /// <summary>Runs <paramref name="serve"/> with the options of the command line and the environment.</summary>
    /// <param name="arguments">The words of the command line.</param>
    /// <param name="variable">Returns an environment variable's value, or null.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="serve">Runs the server, and returns the exit code.</param>
    /// <returns>The exit code: that of <paramref name="serve"/> where it ran.</returns>
    public static async Task<int> InvokeAsync(
        string[] arguments,
        Func<string, string?> variable,
        TextWriter errors,
        Func<ServerOptions, Task<int>> serve)
    {
        var words = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var result = new EnvironmentOptions(Root(serve), words, variable).Parse(arguments, out var culprit);
        if (result.Action is ParseErrorAction)
        {
            var source = culprit is null ? "" : $"{culprit}: ";
            await errors.WriteLineAsync($"server: {source}{Printable.Of(WhyRefused(result.Errors[0]))} Try 'server --help'.");
            return ExitCodes.BadUsage;
        }

        // The program handles signals and unexpected errors itself.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(configuration);
    }

    /// <summary>The definitions of the argument and the options, from which <c>--help</c> and the manual page are made.</summary>
    public static RootCommand Root(Func<ServerOptions, Task<int>> serve)
    {
        var port = new Argument<int>("port")
        {
            Description = "The TCP port to listen on; 0 for any free one.",
            CustomParser = ParsePort,
        };
        var bind = new Option<string?>("--bind")
        {
            Description = "Listen on this address only (default: all addresses, IPv6 and IPv4).",
            HelpName = "ADDRESS",
        };
        var log = new Option<string>("--log")
        {
            Description = "Write the log to this file.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "server.log",
        };
        var logJson = new Option<bool>("--log-json") { Description = "Write the log file as JSON, an object a line." };
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Show every announcement on the console, and log every request.",
        };
        var json = new Option<bool>("--json") { Description = "Write standard output as JSON, an object a line." };
        var metrics = new Option<IPEndPoint?>("--metrics")
        {
            Description = "Serve metrics for Prometheus, at /metrics, and /healthz; on the loopback address unless one is given.",
            HelpName = "[ADDRESS:]PORT",
            CustomParser = ParseMetrics,
        };
        var state = StateOption.Create("Keep the server's key and its members in this folder (default: that of the log).");
        var fingerprint = new Option<bool>("--fingerprint")
        {
            Description = "Print the fingerprint of the server's key, and exit.",
            Action = new FingerprintAction(result => ServerOptions.FolderOf(result.GetValue(state), result.GetRequiredValue(log))),
        };
        var requireTls = new Option<bool>("--require-encryption")
        {
            Description = "Refuse clients that do not encrypt; others are served, too, where it is not given.",
        };
        var isPrivate = new Option<bool>("--private")
        {
            Description = "Serve members only, encrypted only; 'server invite <username>' invites them.",
        };
        var noTls = new Option<bool>("--no-encryption") { Description = "Do not offer encryption." };
        var connections = Bound("--max-connections", "Connections at once.", ServerBounds.Default.MaxConnections);
        var perAddress = Bound(
            "--max-per-address", "Connections at once from one address (of IPv6, from one /64).", ServerBounds.Default.MaxPerAddress);
        var files = Bound("--max-files", "Files of all clients together.", ServerBounds.Default.MaxFiles);
        var perClient = Bound("--max-files-per-client", "Files of one client.", ServerBounds.Default.MaxFilesPerClient);
        var cluster = new ClusterOptionGroup(
            "Answer for one registry together with other servers, over the NATS JetStream at these addresses.");
        var command = new RootCommand(Description)
        {
            port, bind, log, logJson, verbose, json, metrics, state, fingerprint, requireTls, isPrivate, noTls, connections,
            perAddress, files, perClient,
        };
        foreach (var option in cluster.All)
            command.Add(option);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(requireTls) || result.GetValue(isPrivate)) && result.GetValue(noTls))
                result.AddError("--no-encryption excludes --require-encryption and --private.");
        });
        command.SetAction((result, _) => serve(new ServerOptions(
            result.GetValue(port),
            result.GetValue(bind),
            result.GetRequiredValue(log),
            result.GetValue(verbose),
            new ServerBounds(
                result.GetValue(connections),
                result.GetValue(perAddress),
                result.GetValue(files),
                result.GetValue(perClient)))
        {
            Cluster = cluster.ReadAll(result),
            Metrics = result.GetValue(metrics),
            State = result.GetValue(state),
            OffersTls = !result.GetValue(noTls),
            RequiresTls = result.GetValue(requireTls) || result.GetValue(isPrivate),
            IsPrivate = result.GetValue(isPrivate),
            IsJson = result.GetValue(json),
            LogIsJson = result.GetValue(logJson),
        }));
        return command;
    }

    // Where the port is missing, the parser's own message names the command instead of the argument.
    private static string WhyRefused(ParseError error) =>
        error.SymbolResult is ArgumentResult { Tokens.Count: 0 }
            ? "the port to listen on is missing, as in 'server 8080'."
            : error.Message;

    private static Option<int> Bound(string name, string description, int defaultValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = ParseBound,
    };

    private static int ParseBound(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, null, out var bound) && bound > 0)
            return bound;
        result.AddError($"'{text}' is not a number in 1..{int.MaxValue}.");
        return 0;
    }

    private static int ParsePort(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ushort.TryParse(text, NumberStyles.None, null, out var port))
            return port;
        result.AddError($"'{text}' is not a port: a number in 0..{PeerAddress.MaxPort} is.");
        return 0;
    }

    private static IPEndPoint? ParseMetrics(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (MetricsAddress.TryParse(text, out var end))
            return end;
        result.AddError($"'{text}' is not a port, or an address and a port, as in 9100, 192.0.2.1:9100 or [::1]:9100.");
        return null;
    }
}
