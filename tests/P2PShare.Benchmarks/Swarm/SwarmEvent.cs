namespace P2PShare.Benchmarks.Swarm;

/// <summary>What happens while the clients of a swarm fetch the file.</summary>
internal enum SwarmEvent
{
    None,

    /// <summary>The owner is killed once it has sent a little more than one copy.</summary>
    OwnerIsKilled,

    /// <summary>Every second client is killed at the moment it has the file.</summary>
    HalfLeave,

    /// <summary>A fifth of the clients fetch and never give.</summary>
    SomeNeverGive,
}
