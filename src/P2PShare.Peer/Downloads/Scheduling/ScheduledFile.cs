using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Scheduling;

internal enum FileState
{
    /// <summary>Its hashes are not known yet.</summary>
    Closed,

    /// <summary>An owner is being asked for its hashes.</summary>
    Opening,

    /// <summary>Its pieces can be asked for.</summary>
    Open,

    /// <summary>Every piece is there.</summary>
    Done,
}

/// <summary>What the scheduler knows of one file: which pieces are missing, asked for, or there.</summary>
internal sealed class ScheduledFile(FileIdentity identity)
{
    private enum PieceState : byte
    {
        Missing,
        Asked,
        There,
    }

    // Made when the file is opened, so that ten thousand files that wait their turn cost little.
    private PieceState[] _pieces = [];
    private int _next;

    public FileIdentity Identity { get; } = identity;

    public FileState State { get; set; }

    /// <summary>Pieces that are not there yet.</summary>
    public int Left { get; private set; }

    public bool HasOrMayHaveMissing => State is FileState.Closed or FileState.Opening || _next < _pieces.Length;

    public void Open(ReadOnlySpan<bool> there)
    {
        State = FileState.Open;
        _pieces = new PieceState[Identity.PieceCount];
        Left = _pieces.Length;
        for (var piece = 0; piece < there.Length; piece++)
        {
            if (!there[piece])
                continue;
            _pieces[piece] = PieceState.There;
            Left--;
        }
    }

    /// <summary>A piece is not there that is not among these of this or other files.</summary>
    public bool WantsAnyBut(int file, HashSet<PieceRef> pieces) =>
        State != FileState.Done
        && (_pieces.Length == 0 || pieces.Count(piece => piece.File == file && !IsThere(piece.Piece)) < Left);

    public bool IsThere(int piece) => _pieces[piece] == PieceState.There;

    public bool IsAsked(int piece) => _pieces[piece] == PieceState.Asked;

    /// <summary>Takes the lowest piece that nobody was asked for and that <paramref name="taker"/> has not said it lacks.</summary>
    public bool TryTakeMissing(int file, ScheduledOwner taker, out int piece)
    {
        while (_next < _pieces.Length && _pieces[_next] != PieceState.Missing)
            _next++;
        for (piece = _next; piece < _pieces.Length; piece++)
        {
            if (_pieces[piece] != PieceState.Missing || taker.Lacking.Contains(new PieceRef(file, piece)))
                continue;
            _pieces[piece] = PieceState.Asked;
            return true;
        }

        return false;
    }

    public bool TryComplete(int piece)
    {
        if (_pieces.Length == 0 || _pieces[piece] == PieceState.There)
            return false;
        _pieces[piece] = PieceState.There;
        Left--;
        return true;
    }

    public void Free(int piece)
    {
        _pieces[piece] = PieceState.Missing;
        _next = Math.Min(_next, piece);
    }
}
