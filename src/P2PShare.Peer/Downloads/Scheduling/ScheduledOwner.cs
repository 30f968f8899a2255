using P2PShare.Protocol;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>What the scheduler knows of one owner: what it has, how fast it is, and what it was asked for, in that order.</summary>
internal sealed class ScheduledOwner
{
    // Enough before an owner that its next second is filled: less leaves a fast one idle, more leaves a slow one holding pieces
    // that others could fetch. Two pieces at least, so that one is on its way while the other is asked for.
    private const double SecondsAhead = 1;
    private const int LeastBytesAhead = 2 * Limits.PieceBytes;
    private const int MostBytesAhead = 8 * Limits.PieceBytes;
    private const int MostPiecesAhead = 256;

    // An owner that is this many times quicker, and sooner by so much, is worth asking twice: anything less costs more than it saves,
    // and rates that were measured over a few pieces are not exact.
    private const double MuchFaster = 2;
    private const double SecondsWorthACopy = 0.5;

    private long _bytesAsked;

    public HashSet<int> Files { get; } = [];

    public HashSet<PieceRef> Lacking { get; } = [];

    public List<PieceRef> Asked { get; } = [];

    /// <summary>Bytes a second of late; 0 where it has not shown yet.</summary>
    public double Rate { get; set; }

    public bool HasRoom => Asked.Count < MostPiecesAhead
        && _bytesAsked < Math.Clamp(Rate * SecondsAhead, LeastBytesAhead, MostBytesAhead);

    public void Ask(PieceRef piece, int bytes)
    {
        Asked.Add(piece);
        _bytesAsked += bytes;
    }

    public void Answered(PieceRef piece, int bytes)
    {
        if (Asked.Remove(piece))
            _bytesAsked -= bytes;
    }

    /// <summary>How long this owner will need for <paramref name="bytes"/> that it was asked for; 0 where that cannot be told yet.</summary>
    public double SecondsFor(long bytes) => Rate > 0 ? bytes / Rate : 0;

    /// <summary>Whether it would have <paramref name="bytes"/> more, behind all that it was asked for, well before <paramref name="seconds"/> are over.</summary>
    public bool WouldBeMuchFaster(int bytes, double seconds)
    {
        var own = SecondsFor(_bytesAsked + bytes);
        return Rate > 0 && MuchFaster * own < seconds && own + SecondsWorthACopy < seconds;
    }
}
