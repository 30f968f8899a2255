using Serilog;

namespace P2PShare.Server.Guards;

/// <summary>Writes what was refused, but not without end: whoever sends nonsense all day fills neither the log nor the disk's time.</summary>
internal sealed class RefusalLog(TimeProvider time)
{
    private const int LinesPerSecond = 20;
    private const int Burst = 200;

    private readonly Lock _lock = new();
    private double _left = Burst;
    private long _filledAt = time.GetTimestamp();
    private int _leftOut;

    /// <param name="log">Of the session that it is about.</param>
    /// <param name="reason">In our own words.</param>
    /// <param name="what">What was refused, made printable; asked for only where it is written.</param>
    public void Write(ILogger log, string reason, Func<string> what)
    {
        if (!TryTake(out var leftOut))
            return;
        if (leftOut > 0)
            log.Debug("{Count} refusals are left out here", leftOut);
        log.Debug("refused ({Reason:l}): {Line:l}", reason, what());
    }

    private bool TryTake(out int leftOut)
    {
        lock (_lock)
        {
            _left = Math.Min(Burst, _left + time.GetElapsedTime(_filledAt).TotalSeconds * LinesPerSecond);
            _filledAt = time.GetTimestamp();
            leftOut = _leftOut;
            if (_left < 1)
            {
                _leftOut++;
                return false;
            }

            _left--;
            _leftOut = 0;
            return true;
        }
    }
}
