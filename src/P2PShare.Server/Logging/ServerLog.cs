using System.Net;
using P2PShare.Server.Configuration;
using P2PShare.Server.Output;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Logging;

/// <summary>
/// Where events go: information and above to the console, debug and above to the log file; with --verbose one level more to each.
/// </summary>
internal static class ServerLog
{
    /// <param name="options">Say how much is shown and logged.</param>
    /// <param name="file">Owned by the result.</param>
    /// <param name="console">Standard output.</param>
    /// <param name="format">Of the console's lines.</param>
    public static Logger Create(ServerOptions options, LogFile file, TextWriter console, IConsoleFormat format) =>
        new LoggerConfiguration()
            .MinimumLevel.Is(options.Verbose ? LogEventLevel.Verbose : LogEventLevel.Debug)
            .WriteTo.Sink(file)
            .WriteTo.Sink(new ConsoleSink(console, format), options.Verbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .CreateLogger();

    /// <summary>A log whose events begin with the session's number and the client's address.</summary>
    public static ILogger ForSession(this ILogger log, long number, IPEndPoint remote) =>
        log.ForContext(ServerEvents.Session, SessionLabel.Format(number, remote));
}
