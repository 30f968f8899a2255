using System.Globalization;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Logging;

/// <summary>Shows events on the console, a short line each. Nobody waits for the console: where it is stopped (Ctrl+S, a pipe that nobody reads), lines are left out and counted.</summary>
internal sealed class ConsoleSink : ILogEventSink, IDisposable
{
    private const int MaxWaitingLines = 1000;
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly TextWriter _console;
    private readonly Channel<string> _lines;
    private readonly Task _writing;
    private int _leftOut;

    public ConsoleSink(TextWriter console)
    {
        _console = console;
        _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaitingLines) { SingleReader = true });
        _writing = Task.Run(WriteAsync);
    }

    public void Emit(LogEvent logEvent)
    {
        var time = logEvent.Timestamp.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var session = logEvent.Properties.TryGetValue(ServerLog.Session, out var label) && label is ScalarValue { Value: string text } ? text : "";
        if (!_lines.Writer.TryWrite($"{time} {session}{logEvent.RenderMessage(CultureInfo.InvariantCulture)}"))
            Interlocked.Increment(ref _leftOut);
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.Wait(LastWords);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                await _console.WriteLineAsync(line);
                if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
                    await _console.WriteLineAsync($"({count} lines are only in the log)");
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The console is gone (a closed terminal or pipe); the log file has everything.
        }
    }
}
