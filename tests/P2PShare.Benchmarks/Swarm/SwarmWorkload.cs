namespace P2PShare.Benchmarks.Swarm;

/// <summary>Clients that fetch one file from one owner at the same time.</summary>
/// <param name="ClientCount">The number of clients.</param>
/// <param name="Mebibytes">The size of the file.</param>
/// <param name="Mbits">The rate of each uplink, in Mbit/s.</param>
internal sealed record SwarmWorkload(int ClientCount, int Mebibytes, int Mbits)
{
    /// <summary>What happens during the run.</summary>
    public SwarmEvent Event { get; init; }

    public long Bytes => Mebibytes * 1024L * 1024;

    /// <summary>How many clients fetch and never give.</summary>
    public int TakerCount => Event == SwarmEvent.SomeNeverGive ? ClientCount / 5 : 0;

    /// <summary>The time in which the owner sends the file once: no client can have it earlier.</summary>
    public double SecondsPerCopy => Bytes * 8 / (Mbits * 1e6);

    /// <summary>The bound of a run: more than the owner needs to send the file to every client.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds((ClientCount + 2) * SecondsPerCopy + 60);
}
