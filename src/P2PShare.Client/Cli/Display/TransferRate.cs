namespace P2PShare.Client.Cli.Display;

/// <summary>
/// The rate at which a byte count has grown over the last 10 s. What an earlier run left does not count, and a change of speed shows
/// soon.
/// </summary>
internal sealed class TransferRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(long At, long Bytes)> _samples = [];
    private (long At, long Bytes) _latest;
    private long _latestSampleAt;

    /// <param name="bytes">The count so far.</param>
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

    /// <summary>Bytes per second over the last 10 s; 0 until there are two samples.</summary>
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
