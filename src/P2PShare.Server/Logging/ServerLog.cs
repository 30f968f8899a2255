using System.Globalization;
using P2PShare.Server.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Logging;

/// <summary>
/// Where events go: information and above to the console, debug and above to the log file; with --verbose one level more to each.
/// </summary>
internal static class ServerLog
{
    /// <summary>The property of an event that says which session it belongs to.</summary>
    public const string Session = "Session";

    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} [{Level:u3}] {Session:l}{Message:lj}{NewLine}{Exception}";

    // At most 64 MiB together: about half a million lines.
    private const long FileBytes = 16 * 1024 * 1024;
    private const int Files = 4;

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static Logger Create(ServerOptions options, TextWriter console)
    {
        var path = Path.GetFullPath(options.Log);
        EnsureWritable(path);

        // Unbuffered: a line is one write to the page cache, so that nothing is missing in the log of a server that was killed. Flushing
        // to the disk (flushToDiskInterval) would make every session wait for it.
        return new LoggerConfiguration()
            .MinimumLevel.Is(options.Verbose ? LogEventLevel.Verbose : LogEventLevel.Debug)
            .WriteTo.File(
                path,
                outputTemplate: Template,
                formatProvider: CultureInfo.InvariantCulture,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: Files)
            .WriteTo.Sink(new ConsoleSink(console), options.Verbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .CreateLogger();
    }

    /// <summary>A log whose events begin with the session's number and the client's address.</summary>
    public static ILogger ForSession(this ILogger log, long number, System.Net.IPEndPoint remote) =>
        log.ForContext(Session, $"#{number} {remote} ");

    // Serilog does not report a file that it cannot open. The user must see the error before the server starts.
    private static void EnsureWritable(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
    }
}
