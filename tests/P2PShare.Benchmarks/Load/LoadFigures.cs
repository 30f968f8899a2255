namespace P2PShare.Benchmarks.Load;

/// <summary>The figures of the load generator.</summary>
/// <param name="Replies">Replies within the time.</param>
/// <param name="PerSecond">Replies per second.</param>
/// <param name="P99">The 99th percentile, in milliseconds, of the time from sending a batch until its last reply.</param>
internal sealed record LoadFigures(long Replies, double PerSecond, double P99);
