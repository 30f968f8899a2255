namespace P2PShare.Client.Cli;

/// <summary>How fast a count of bytes has grown lately, so that a change of speed is seen and what was there at the start is no speed.</summary>
internal sealed class TransferRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(long At, long Bytes)> _samples = [];
    private (long At, long Bytes) _latest;
    private long _latestSampleAt;

    public void Add(long bytes)
    {
        _latest = (time.GetTimestamp(), bytes);
        if (_samples.Count == 0 || time.GetElapsedTime(_latestSampleAt, _latest.At) >= BetweenSamples)
        {
            _samples.Enqueue(_latest);
            _latestSampleAt = _latest.At;
        }

        while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At, _latest.At) > Window)
            _samples.Dequeue();
    }

    /// <summary>Bytes a second over the last 10 s; 0 where that cannot be told yet.</summary>
    public double PerSecond
    {
        get
        {
            if (!_samples.TryPeek(out var first) || time.GetElapsedTime(first.At) is not { Ticks: > 0 } elapsed)
                return 0;
            return Math.Max(0, _latest.Bytes - first.Bytes) / Math.Max(elapsed.TotalSeconds, BetweenSamples.TotalSeconds);
        }
    }
}
