namespace P2PShare.Server.Metrics;

/// <summary>The buckets of the latency histogram. The last one has no upper bound.</summary>
internal static class LatencyBuckets
{
    /// <summary>The upper bounds, in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
        [0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly long[] BoundTicks = [.. Bounds.Select(seconds => TimeSpan.FromSeconds(seconds).Ticks)];

    /// <summary>One more than there are bounds.</summary>
    public static int Count => BoundTicks.Length + 1;

    /// <summary>The bucket of a latency. Most are in the first few, so that a search from the start is the fastest.</summary>
    public static int IndexOf(TimeSpan latency)
    {
        var index = 0;
        while (index < BoundTicks.Length && latency.Ticks > BoundTicks[index])
            index++;
        return index;
    }
}
