using P2PShare.Peer.Async;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// Which pieces of one content this peer can serve, in the order in which they came, and how often each was sent. Thread-safe.
/// </summary>
/// <remarks>
/// A byte for each piece, and for a part four more: 4 or 20 MiB for a file of 4 TiB. The bytes of a whole file are allocated when a
/// requester asks for its pieces by WATCH.
/// </remarks>
internal sealed class PieceSupply
{
    private const byte Absent = byte.MaxValue;
    private const byte MaxSent = Absent - 1;

    private readonly Lock _lock = new();
    private readonly int _pieces;

    // The log; null where the content was whole from the beginning, and the log is 0, 1, 2 ...
    private readonly List<int>? _order;

    // How often each piece was sent, up to MaxSent; Absent where it is not here.
    private byte[]? _sent;

    // Suggestions go through the pieces in turn: no piece that was sent less often than _level is left before _next.
    private byte _level;
    private int _next;

    private PieceSupply(int pieces, bool isWhole)
    {
        _pieces = pieces;
        if (isWhole)
            return;
        _order = [];
        _sent = new byte[pieces];
        _sent.AsSpan().Fill(Absent);
    }

    /// <summary>Raised when a piece comes; never where the content was whole from the beginning.</summary>
    public VersionedEvent Changed { get; } = new();

    /// <summary>How many pieces are here: the length of the log.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return CountLocked;
        }
    }

    private int CountLocked => _order?.Count ?? _pieces;

    public bool IsWhole => Count == _pieces;

    /// <param name="pieces">How many pieces the file has.</param>
    public static PieceSupply Whole(int pieces) => new(pieces, isWhole: true);

    /// <inheritdoc cref="Whole"/>
    public static PieceSupply Empty(int pieces) => new(pieces, isWhole: false);

    /// <summary>Adds pieces that are verified and written. Those that are here already are left out.</summary>
    public void Add(PieceRange range)
    {
        lock (_lock)
        {
            for (var piece = range.First; piece <= range.Last; piece++)
            {
                if (_order is null || _sent![piece] != Absent)
                    continue;
                _sent[piece] = 0;
                _order.Add(piece);
                _level = 0;
            }
        }

        Changed.Raise();
    }

    /// <summary>Whether every piece that these bytes touch is here.</summary>
    public bool Has(long offset, long length)
    {
        lock (_lock)
        {
            if (_order is null)
                return true;
            var (first, last) = ((int)(offset / Limits.PieceBytes), (int)((offset + length - 1) / Limits.PieceBytes));
            return !_sent.AsSpan(first, last - first + 1).Contains(Absent);
        }
    }

    /// <summary>The log from <paramref name="position"/> on, as far as one line holds it.</summary>
    /// <param name="position">How much of the log is known. More than there is counts as 0.</param>
    /// <param name="ranges">Receives the pieces in the order of the log; at most <see cref="Limits.MaxPieceRanges"/>.</param>
    /// <returns>The position after the last of them.</returns>
    public int CopyLog(int position, List<PieceRange> ranges)
    {
        ranges.Clear();
        lock (_lock)
        {
            if (position > CountLocked)
                position = 0;
            if (_order is null)
            {
                if (position < _pieces)
                    ranges.Add(new PieceRange(position, _pieces - 1));
                return _pieces;
            }

            for (; position < _order.Count; position++)
            {
                var piece = _order[position];
                if (ranges.Count > 0 && ranges[^1].Last == piece - 1)
                    ranges[^1] = ranges[^1] with { Last = piece };
                else if (ranges.Count < Limits.MaxPieceRanges)
                    ranges.Add(new PieceRange(piece, piece));
                else
                    break;
            }

            return position;
        }
    }

    /// <summary>
    /// Names pieces that were sent least often, the first of them another one with each call, so that requesters who follow the
    /// suggestions take each piece once before any is taken twice (BEP 16).
    /// </summary>
    /// <param name="count">The most pieces named.</param>
    /// <param name="ranges">Receives them, a range for each piece.</param>
    public void Suggest(int count, List<PieceRange> ranges)
    {
        ranges.Clear();
        lock (_lock)
        {
            _sent ??= new byte[_pieces];
            var next = -1;
            while (ranges.Count < Math.Min(count, CountLocked) && TryFindLeastSent(out var piece))
            {
                if (ranges.Contains(new PieceRange(piece, piece)))
                    break;
                ranges.Add(new PieceRange(piece, piece));
                next = next < 0 ? _next : next;
            }

            _next = Math.Max(next, 0);
        }
    }

    /// <summary>Counts the pieces that these bytes touch as sent, before they are, so that they are not suggested meanwhile.</summary>
    public void NoteSending(long offset, long length)
    {
        lock (_lock)
        {
            if (_sent is null)
                return;
            for (var piece = (int)(offset / Limits.PieceBytes); (long)piece * Limits.PieceBytes < offset + length; piece++)
            {
                if (_sent[piece] < MaxSent)
                    _sent[piece]++;
            }
        }
    }

    private bool TryFindLeastSent(out int piece)
    {
        piece = -1;
        for (var level = _level; level < MaxSent; level++)
        {
            // From where the last search ended, and around once.
            var found = _sent.AsSpan(_next).IndexOf(level);
            piece = found >= 0 ? _next + found : _sent.AsSpan(0, _next).IndexOf(level);
            if (piece < 0)
                continue;
            (_level, _next) = (level, piece + 1 == _pieces ? 0 : piece + 1);
            return true;
        }

        return false;
    }
}
