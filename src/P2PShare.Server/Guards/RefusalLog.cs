using System.Runtime.InteropServices;
using Serilog;

namespace P2PShare.Server.Guards;

/// <summary>
/// Counts refused lines and connections, and logs them at a limited rate (a token bucket): no client can flood the log.
/// </summary>
internal sealed class RefusalLog(TimeProvider time)
{
    private const int LinesPerSecond = 20;
    private const int Burst = 200;

    private readonly Lock _lock = new();

    // As many keys as this program has reasons.
    private readonly Dictionary<string, long> _counts = [];
    private double _left = Burst;
    private long _filledAt = time.GetTimestamp();
    private int _suppressed;

    /// <summary>How many were refused for each reason, logged or not.</summary>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, long>(_counts);
        }
    }

    /// <summary>Counts a refusal that is not to be logged.</summary>
    /// <param name="reason">A text of this program's, never of the client's.</param>
    public void Count(string reason)
    {
        lock (_lock)
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, reason, out _)++;
    }

    /// <param name="log">The session's log.</param>
    /// <param name="reason">A text of this program's, never of the client's.</param>
    /// <param name="what">Returns what was refused, made printable. Called only where it is logged.</param>
    public void Write(ILogger log, string reason, Func<string> what)
    {
        Count(reason);
        if (!TryTake(out var suppressed))
            return;
        if (suppressed > 0)
            log.Debug("{Count} refusals were not logged", suppressed);
        log.Debug("refused ({Reason:l}): {Line:l}", reason, what());
    }

    private bool TryTake(out int suppressed)
    {
        lock (_lock)
        {
            _left = Math.Min(Burst, _left + time.GetElapsedTime(_filledAt).TotalSeconds * LinesPerSecond);
            _filledAt = time.GetTimestamp();
            suppressed = _suppressed;
            if (_left < 1)
            {
                _suppressed++;
                return false;
            }

            _left--;
            _suppressed = 0;
            return true;
        }
    }
}
