namespace P2PShare.Benchmarks.Swarm;

/// <summary>The figures of one run. Those of time are divided by the time of one copy, those of bytes by the size of the file.</summary>
/// <param name="Last">The time until the last client has the file.</param>
/// <param name="Mean">The mean time until a client has the file.</param>
/// <param name="Sent">What the owner sent.</param>
/// <param name="Received">What a client received, on average.</param>
internal sealed record SwarmFigures(double Last, double Mean, double Sent, double Received);
