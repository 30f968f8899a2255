namespace P2PShare.Benchmarks.Swarm;

/// <summary>A run in which not every client had the file in time.</summary>
internal sealed class SwarmFailure(string message) : Exception(message);
