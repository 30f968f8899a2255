using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Simulation.Swarms;

/// <summary>The parameters of a swarm.</summary>
/// <param name="Seed">The seed of every random choice.</param>
/// <param name="Peers">Those who fetch; beside them is the first owner, which has the whole file.</param>
/// <param name="Pieces">The pieces of the file.</param>
internal sealed record SwarmPlan(int Seed, int Peers, int Pieces)
{
    /// <summary>What each peer can send; it can receive any amount.</summary>
    public double BytesPerSecond { get; init; } = 5e6;

    /// <summary>How long a message takes.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The share of the peers that leave at random moments, from 0 to 1.</summary>
    public double Leavers { get; init; }

    /// <summary>The time within which all peers begin.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(1);

    public long Bytes => (long)Pieces * Limits.PieceBytes;

    public double SecondsPerCopy => Bytes / BytesPerSecond;

    public FileIdentity Content
    {
        get
        {
            var id = new byte[Limits.HashBytes];
            id[0] = 1;
            FileIdentity.TryCreate(new FileId(id), Bytes, out var identity);
            return identity;
        }
    }
}

/// <summary>The outcome of a swarm.</summary>
/// <param name="Last">When the last peer had the file, in times of one copy.</param>
/// <param name="Mean">The mean of all peers that stayed.</param>
/// <param name="SentByFirst">What the first owner sent, in copies of the file.</param>
/// <param name="Twice">Pieces that were received twice by one peer, for each piece that was received.</param>
/// <param name="Left">How many peers left.</param>
/// <param name="Events">How many events there were.</param>
/// <param name="Digest">A hash of which piece came from whom and when.</param>
internal sealed record SwarmResult(double Last, double Mean, double SentByFirst, double Twice, int Left, long Events, ulong Digest);
