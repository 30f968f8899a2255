using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>What the scheduler knows of one owner: its files, its rate, and its queue of requests, oldest first.</summary>
internal sealed class ScheduledOwner
{
    // A request queue that lasts one second. A shorter one leaves a fast owner idle for a round trip; a longer one leaves a slow owner
    // with pieces that others could send. Two pieces at least, so that one is requested while the other is on its way.
    private const double QueueSeconds = 1;

    // Where several owners have the file, a piece is bound to one of them as late as the round trip allows.
    private const double SharedQueueSeconds = 0.25;
    private const int MinQueueBytes = 2 * Limits.PieceBytes;
    private const int MaxQueueBytes = 8 * Limits.PieceBytes;
    private const int MaxQueuePieces = 256;

    // Suggestions are looked through at each choice: an owner that suggests more costs no more.
    private const int MaxSuggested = 64;

    // Endgame: a second request is worth its bytes where this owner is faster by this factor and by this much time. Less costs more than
    // it saves, because a rate measured over a few pieces is not exact.
    private const double EndgameFactor = 2;
    private const double EndgameSeconds = 0.5;

    // Files that it has whole map to null, others to the pieces that it is known to have.
    private readonly Dictionary<int, PieceSet?> _files = [];

    // Files that it was said to have whole, and did not.
    private readonly HashSet<int> _notWhole = [];
    private long _queuedBytes;

    /// <summary>Requests that are not answered yet, oldest first.</summary>
    public List<PieceRef> Requested { get; } = [];

    /// <summary>Bytes per second, smoothed; 0 until it is known.</summary>
    public double Rate { get; set; }

    /// <summary>The file of <see cref="Suggested"/>; -1 for none.</summary>
    public int SuggestedFile { get; private set; } = -1;

    /// <summary>The pieces that it would send first, the most wanted first.</summary>
    public List<PieceRange> Suggested { get; } = [];

    /// <summary>Its request queue is shorter than it should be.</summary>
    /// <param name="isAlone">No other owner is known.</param>
    public bool HasRoom(bool isAlone)
    {
        var seconds = isAlone ? QueueSeconds : SharedQueueSeconds;
        return Requested.Count < MaxQueuePieces && _queuedBytes < Math.Clamp(Rate * seconds, MinQueueBytes, MaxQueueBytes);
    }

    /// <summary>It has the whole file, or the pieces of <paramref name="part"/> and those that are added later.</summary>
    public void AddFile(int file, PieceSet? part) => _files[file] = part;

    /// <summary>It does not have the file any more. Returns the pieces it was known to have, where that was a part.</summary>
    public PieceSet? RemoveFile(int file)
    {
        _files.Remove(file, out var part);
        return part;
    }

    public bool HasFile(int file) => _files.ContainsKey(file);

    /// <summary>The files of which it has a part.</summary>
    public IEnumerable<KeyValuePair<int, PieceSet?>> Parts => _files.Where(file => file.Value is not null);

    /// <summary>The pieces of the file that it is known to have; null where it has the whole file.</summary>
    public PieceSet? PartOf(int file) => _files[file];

    /// <summary>It has the piece, as far as is known.</summary>
    public bool Has(int file, int piece) => _files.TryGetValue(file, out var part) && (part is null || part.Contains(piece));

    /// <summary>It said that it does not have the whole file, whoever says otherwise.</summary>
    public bool IsKnownNotToHaveWhole(int file) => _notWhole.Contains(file);

    public void MarkNotWhole(int file) => _notWhole.Add(file);

    public void Suggest(int file, PieceRanges pieces)
    {
        SuggestedFile = file;
        Suggested.Clear();
        var room = MaxSuggested;
        foreach (var range in pieces)
        {
            if (room == 0)
                break;
            var count = Math.Min(room, range.Count);
            Suggested.Add(new PieceRange(range.First, range.First + count - 1));
            room -= count;
        }
    }

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
