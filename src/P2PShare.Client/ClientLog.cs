using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace P2PShare.Client;

/// <summary>The client's log file: bounded in size, and shared by the clients of one user. The client also runs without it.</summary>
internal static class ClientLog
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const long FileBytes = 4 * 1024 * 1024;
    private const int MaxFiles = 4;

    /// <summary>
    /// Opens the log. Where the file cannot be written, returns a logger that discards everything, and says why in
    /// <paramref name="problem"/>. Each line is a JSON object where <paramref name="isJson"/>.
    /// </summary>
    public static Logger Open(string path, bool isVerbose, out string? problem, bool isJson = false)
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
            .WriteTo.File(
                isJson ? new RenderedCompactJsonFormatter() : new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture),
                path,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: MaxFiles,
                shared: true)
            .CreateLogger();
    }
}
