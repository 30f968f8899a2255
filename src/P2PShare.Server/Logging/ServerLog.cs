using System.Globalization;
using P2PShare.Networking;
using P2PShare.Server.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Logging;

/// <summary>Where events go: the more important ones to the console, all but single requests to the log file, and with --verbose a step more to each.</summary>
internal static class ServerLog
{
    /// <summary>The property that says which session an event belongs to; null outside of sessions.</summary>
    public const string Session = "Session";

    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} [{Level:u3}] {Session:l}{Message:lj}{NewLine}{Exception}";

    // Together 64 MiB at most, which is about half a million lines to look back on.
    private const long FileBytes = 16 * 1024 * 1024;
    private const int Files = 4;

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static Logger Create(ServerOptions options, TextWriter console)
    {
        var path = Path.GetFullPath(options.Log);
        TryOut(path);

        return new LoggerConfiguration()
            .MinimumLevel.Is(options.Verbose ? LogEventLevel.Verbose : LogEventLevel.Debug)
            .WriteTo.Sink(new DeferredSink(() => Writer(path)))
            .WriteTo.Sink(new ConsoleSink(console), options.Verbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .CreateLogger();
    }

    /// <summary>What an event of a session begins with.</summary>
    public static ILogger ForSession(this ILogger log, long number, System.Net.IPEndPoint remote) =>
        log.ForContext(Session, $"#{number} {remote} ");

    // Unbuffered: a line is one write to the page cache, and a server that is killed has logged what it did. Waiting for the disk
    // (flushToDiskInterval) would make every session wait with it.
    private static Logger Writer(string path) => new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .WriteTo.File(
            path,
            outputTemplate: Template,
            formatProvider: CultureInfo.InvariantCulture,
            fileSizeLimitBytes: FileBytes,
            rollOnFileSizeLimit: true,
            retainedFileCountLimit: Files)
        .CreateLogger();

    // Serilog keeps a file that it cannot open to itself; the user should hear of it before the server seems to run well.
    private static void TryOut(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
    }
}
