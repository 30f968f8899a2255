using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Server;

/// <summary>The arguments: text to <see cref="ServerOptions"/>, or to help, the version, or one line of refusal.</summary>
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

    /// <summary>Runs <paramref name="serve"/> with what <paramref name="arguments"/> ask for, and gives the exit code.</summary>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter errors, Func<ServerOptions, Task<int>> serve)
    {
        var result = Command(serve).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is ParseErrorAction)
        {
            await errors.WriteLineAsync($"server: {Printable.Of(WhyRefused(result.Errors[0]))} Try 'server --help'.");
            return ExitCodes.BadUsage;
        }

        // Signals and what nobody foresaw are the program's to handle, not the parser's.
        return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    // The parser's own words where the port is missing name the command, not what is missing.
    private static string WhyRefused(ParseError error) =>
        error.SymbolResult is ArgumentResult { Tokens.Count: 0 }
            ? "the port to listen on is missing, as in 'server 8080'."
            : error.Message;

    private static RootCommand Command(Func<ServerOptions, Task<int>> serve)
    {
        var port = new Argument<int>("port") { Description = "The TCP port to listen on; 0 for any free one.", CustomParser = ParsePort };
        var bind = new Option<string?>("--bind") { Description = "Listen on this address only (default: all addresses, IPv6 and IPv4).", HelpName = "ADDRESS" };
        var log = new Option<string>("--log") { Description = "Write the log to this file.", HelpName = "FILE", DefaultValueFactory = _ => "server.log" };
        var verbose = new Option<bool>("--verbose") { Description = "Show every announcement on the console, and log every request." };
        var command = new RootCommand(Description) { port, bind, log, verbose };
        command.SetAction((result, _) => serve(new ServerOptions(
            result.GetValue(port), result.GetValue(bind), result.GetRequiredValue(log), result.GetValue(verbose))));
        return command;
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
