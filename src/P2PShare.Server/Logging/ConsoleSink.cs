using System.Threading.Channels;
using P2PShare.Server.Output;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Logging;

/// <summary>
/// Shows events on the console, a short line each. Nothing waits for the console: while it blocks (Ctrl+S, a pipe that nobody reads),
/// further lines are dropped and counted.
/// </summary>
internal sealed class ConsoleSink : ILogEventSink, IDisposable
{
    private const int MaxWaitingLines = 1000;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMilliseconds(300);

    private readonly TextWriter _console;
    private readonly IConsoleFormat _format;
    private readonly Channel<string> _lines;
    private readonly Task _writing;
    private int _dropped;

    public ConsoleSink(TextWriter console, IConsoleFormat format)
    {
        (_console, _format) = (console, format);
        _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaitingLines) { SingleReader = true });
        _writing = Task.Run(WriteAsync);
    }

    public void Emit(LogEvent logEvent)
    {
        if (!_lines.Writer.TryWrite(_format.Event(logEvent)))
            Interlocked.Increment(ref _dropped);
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.Wait(DrainTimeout);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                await _console.WriteLineAsync(line);
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var count)
                    await _console.WriteLineAsync(_format.Dropped(count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The console is gone (a closed terminal or pipe); the log file has everything.
        }
    }
}
