using System.Globalization;
using P2PShare.Networking;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Client;

/// <summary>The client's log: bounded in size, shared among the clients of one user, and never a reason not to start.</summary>
internal static class ClientLog
{
    private const long FileBytes = 4 * 1024 * 1024;
    private const int Files = 4;

    /// <summary>The log, or one that goes nowhere, with the reason in <paramref name="problem"/>.</summary>
    public static Logger Open(string path, bool isVerbose, out string? problem)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = e.Message;
            return new LoggerConfiguration().CreateLogger();
        }

        problem = null;
        return new LoggerConfiguration()
            .MinimumLevel.Is(isVerbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .WriteTo.Sink(new DeferredSink(() => Writer(path)))
            .CreateLogger();
    }

    private static Logger Writer(string path) => new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .WriteTo.File(path, formatProvider: CultureInfo.InvariantCulture, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: Files, shared: true)
        .CreateLogger();
}
