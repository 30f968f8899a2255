using System.Globalization;
using P2PShare.Server.Output;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace P2PShare.Server.Logging;

/// <summary>The log file, which rolls over by size. It can be opened anew, after another program has moved it away.</summary>
internal sealed class LogFile : ILogEventSink, IDisposable
{
    private const string Template =
        "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} [{Level:u3}] {" + ServerEvents.Session + ":l}{Message:lj}{NewLine}{Exception}";

    // At most 64 MiB together: about half a million lines.
    private const long FileBytes = 16 * 1024 * 1024;
    private const int Files = 4;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly bool _isJson;
    private Logger _file;

    private LogFile(string path, bool isJson)
    {
        (_path, _isJson) = (path, isJson);
        _file = Open();
    }

    /// <param name="path">The path of the file; older parts are kept beside it.</param>
    /// <param name="isJson">One JSON object a line, in the compact format of Serilog.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static LogFile Open(string path, bool isJson)
    {
        var full = Path.GetFullPath(path);
        EnsureWritable(full);
        return new LogFile(full, isJson);
    }

    /// <summary>Opens the file at its path, and creates it where it is not there. On failure the old one is written on.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Reopen()
    {
        EnsureWritable(_path);
        lock (_lock)
        {
            // The old one first: a file is open for writing once only.
            _file.Dispose();
            _file = Open();
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
            _file.Write(logEvent);
    }

    public void Dispose()
    {
        lock (_lock)
            _file.Dispose();
    }

    // Unbuffered: a line is one write to the page cache, so that nothing is missing in the log of a server that was killed. Flushing
    // to the disk (flushToDiskInterval) would make every session wait for it.
    private Logger Open()
    {
        var configuration = new LoggerConfiguration().MinimumLevel.Verbose();
        return _isJson
            ? configuration.WriteTo.File(
                new RenderedCompactJsonFormatter(),
                _path,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: Files).CreateLogger()
            : configuration.WriteTo.File(
                _path,
                outputTemplate: Template,
                formatProvider: CultureInfo.InvariantCulture,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: Files).CreateLogger();
    }

    // Serilog does not report a file that it cannot open. The user must see the error before the server starts.
    private static void EnsureWritable(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
    }
}
