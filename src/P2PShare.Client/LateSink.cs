using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Client;

/// <summary>
/// Opens the real sink when the first event comes, beside whoever logs it: to set up a log file takes a good part of the client's
/// start, and nobody should have to wait for it. Events wait meanwhile, in their order.
/// </summary>
/// <param name="open">The real sink; owned from then on.</param>
internal sealed class LateSink(Func<Logger> open) : ILogEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LogEvent> _waiting = [];
    private Task? _opening;
    private Logger? _opened;

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_opened is null)
                _waiting.Add(logEvent);
            else
                _opened.Write(logEvent);
            _opening ??= Task.Run(Open);
        }
    }

    /// <summary>Returns when everything is written.</summary>
    public void Dispose()
    {
        _opening?.Wait();
        _opened?.Dispose();
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
