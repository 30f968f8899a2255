using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Server.Configuration;

/// <summary>Parses the arguments to <see cref="ServerOptions"/>, or answers with help, the version or one line of refusal.</summary>
internal static class CommandLine
{
    private static string Description =>
        $"""
        The index of P2PShare: it knows who shares which files, and tells those who ask. The files themselves go from peer to peer.

        Exit codes:
          {ExitCodes.Ok}  stopped by Ctrl+C, SIGTERM or SIGHUP
          {ExitCodes.Failed}  the log file cannot be written, or an unexpected error
          {ExitCodes.BadUsage}  wrong arguments
          {ExitCodes.CannotListen}  cannot listen: the port is taken, or the address is not one of this machine's
        """;

    /// <summary>Runs <paramref name="serve"/> with the options of the command line.</summary>
    /// <returns>The exit code: that of <paramref name="serve"/> where it ran.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter errors, Func<ServerOptions, Task<int>> serve)
    {
        var result = Command(serve).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is ParseErrorAction)
        {
            await errors.WriteLineAsync($"server: {Printable.Of(WhyRefused(result.Errors[0]))} Try 'server --help'.");
            return ExitCodes.BadUsage;
        }

        // The program handles signals and unexpected errors itself.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(configuration);
    }

    // Where the port is missing, the parser's own message names the command instead of the argument.
    private static string WhyRefused(ParseError error) =>
        error.SymbolResult is ArgumentResult { Tokens.Count: 0 }
            ? "the port to listen on is missing, as in 'server 8080'."
            : error.Message;

    private static RootCommand Command(Func<ServerOptions, Task<int>> serve)
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
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Show every announcement on the console, and log every request.",
        };
        var connections = Bound("--max-connections", "Connections at once.", ServerBounds.Default.MaxConnections);
        var perAddress = Bound(
            "--max-per-address", "Connections at once from one address (of IPv6, from one /64).", ServerBounds.Default.MaxPerAddress);
        var files = Bound("--max-files", "Files of all clients together.", ServerBounds.Default.MaxFiles);
        var perClient = Bound("--max-files-per-client", "Files of one client.", ServerBounds.Default.MaxFilesPerClient);
        var command = new RootCommand(Description) { port, bind, log, verbose, connections, perAddress, files, perClient };
        command.SetAction((result, _) => serve(new ServerOptions(
            result.GetValue(port),
            result.GetValue(bind),
            result.GetRequiredValue(log),
            result.GetValue(verbose),
            new ServerBounds(
                result.GetValue(connections),
                result.GetValue(perAddress),
                result.GetValue(files),
                result.GetValue(perClient)))));
        return command;
    }

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
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out var bound) && bound > 0)
            return bound;
        result.AddError($"'{text}' is not a number in 1..{int.MaxValue}.");
        return 0;
    }

    private static int ParsePort(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ushort.TryParse(text, System.Globalization.NumberStyles.None, null, out var port))
            return port;
        result.AddError($"'{text}' is not a port: a number in 0..{PeerAddress.MaxPort} is.");
        return 0;
    }
}
