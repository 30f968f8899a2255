using P2PShare.Protocol;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>What the scheduler knows of one owner: its files, its rate, and its queue of requests, oldest first.</summary>
internal sealed class ScheduledOwner
{
    // A request queue that lasts one second. A shorter one leaves a fast owner idle for a round trip; a longer one leaves a slow owner
    // with pieces that others could send. Two pieces at least, so that one is requested while the other is on its way.
    private const double QueueSeconds = 1;
    private const int MinQueueBytes = 2 * Limits.PieceBytes;
    private const int MaxQueueBytes = 8 * Limits.PieceBytes;
    private const int MaxQueuePieces = 256;

    // Endgame: a second request is worth its bytes where this owner is faster by this factor and by this much time. Less costs more than
    // it saves, because a rate measured over a few pieces is not exact.
    private const double EndgameFactor = 2;
    private const double EndgameSeconds = 0.5;

    private long _queuedBytes;

    public HashSet<int> Files { get; } = [];

    /// <summary>Pieces of its files that it said it does not have.</summary>
    public HashSet<PieceRef> Unavailable { get; } = [];

    /// <summary>Requests that are not answered yet, oldest first.</summary>
    public List<PieceRef> Requested { get; } = [];

    /// <summary>Bytes per second, smoothed; 0 until it is known.</summary>
    public double Rate { get; set; }

    /// <summary>Its request queue is shorter than it should be.</summary>
    public bool HasRoom => Requested.Count < MaxQueuePieces
        && _queuedBytes < Math.Clamp(Rate * QueueSeconds, MinQueueBytes, MaxQueueBytes);

    public void AddRequest(PieceRef piece, int bytes)
    {
        Requested.Add(piece);
        _queuedBytes += bytes;
    }

    public void RemoveRequest(PieceRef piece, int bytes)
    {
        if (Requested.Remove(piece))
            _queuedBytes -= bytes;
    }

    /// <summary>How long it needs for <paramref name="bytes"/> at its rate; 0 until the rate is known.</summary>
    public double SecondsFor(long bytes) => Rate > 0 ? bytes / Rate : 0;

    /// <summary>
    /// It would send <paramref name="bytes"/> more, after all that is requested of it, well before <paramref name="seconds"/> are over.
    /// </summary>
    public bool WouldBeMuchFaster(int bytes, double seconds)
    {
        var own = SecondsFor(_queuedBytes + bytes);
        return Rate > 0 && EndgameFactor * own < seconds && own + EndgameSeconds < seconds;
    }
}
