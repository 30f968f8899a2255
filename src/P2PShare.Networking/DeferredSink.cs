using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Networking;

/// <summary>
/// Opens the real sink when the first event comes, beside whoever logs it: to set up a log file takes a good part of a program's
/// start, and nobody should have to wait for it. Events wait meanwhile, in their order; later ones are written at once.
/// </summary>
/// <param name="open">The real sink; owned from then on.</param>
public sealed class DeferredSink(Func<Logger> open) : ILogEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LogEvent> _waiting = [];
    private Task? _opening;
    private volatile Logger? _opened;

    public void Emit(LogEvent logEvent)
    {
        if (_opened is { } opened)
            opened.Write(logEvent);
        else
            WaitOrWrite(logEvent);
    }

    /// <summary>Returns when everything is written.</summary>
    public void Dispose()
    {
        _opening?.Wait();
        _opened?.Dispose();
    }

    private void WaitOrWrite(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_opened is { } opened)
                opened.Write(logEvent);
            else
                _waiting.Add(logEvent);
            _opening ??= Task.Run(Open);
        }
    }

    private void Open()
    {
        var opened = open();
        lock (_lock)
        {
            _waiting.ForEach(opened.Write);
            _waiting.Clear();
            _opened = opened;
        }
    }
}
