using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Testing;

/// <summary>A log sink that records the rendered messages.</summary>
public sealed class RecordedLog : ILogEventSink
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
            _lines.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
    }
}
