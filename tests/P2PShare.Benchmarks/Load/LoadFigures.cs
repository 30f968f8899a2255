namespace P2PShare.Benchmarks.Load;

/// <summary>What the load generator counted.</summary>
/// <param name="Replies">That came within the time.</param>
/// <param name="PerSecond">Of them, each second.</param>
/// <param name="P99">Time, in milliseconds, from sending until the last reply of what was sent together, that 99 of 100 stayed under.</param>
internal sealed record LoadFigures(long Replies, double PerSecond, double P99);
