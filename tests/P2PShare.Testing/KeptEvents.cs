using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Testing;

/// <summary>Keeps what is logged, as text.</summary>
public sealed class KeptEvents : ILogEventSink
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
