using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Scheduling;

internal enum FileState
{
    /// <summary>Its piece layer is not known yet.</summary>
    Closed,

    /// <summary>An owner is being asked for its piece layer, or what an earlier run left is being verified.</summary>
    Opening,

    /// <summary>Its pieces can be requested.</summary>
    Open,

    /// <summary>Every piece is verified.</summary>
    Done,
}

/// <summary>What the scheduler knows of one file: which pieces are missing, requested or verified.</summary>
internal sealed class ScheduledFile(FileIdentity identity)
{
    private enum PieceState : byte
    {
        Missing,
        Requested,
        Verified,
    }

    // Allocated when the file is opened, so that ten thousand files that are not open yet cost little.
    private PieceState[] _pieces = [];

    // No piece before this one is missing.
    private int _next;

    public FileIdentity Identity { get; } = identity;

    public FileState State { get; set; }

    /// <summary>Pieces that are not verified yet.</summary>
    public int Left { get; private set; }

    public bool HasOrMayHaveMissing => State is FileState.Closed or FileState.Opening || _next < _pieces.Length;

    /// <param name="verified">For each piece whether it is verified; empty for none.</param>
    public void Open(ReadOnlySpan<bool> verified)
    {
        State = FileState.Open;
        _pieces = new PieceState[Identity.PieceCount];
        Left = _pieces.Length;
        for (var piece = 0; piece < verified.Length; piece++)
        {
            if (!verified[piece])
                continue;
            _pieces[piece] = PieceState.Verified;
            Left--;
        }
    }

    /// <summary>Some piece is not verified and not among <paramref name="pieces"/>, which may be of other files, too.</summary>
    public bool WantsAnyExcept(int file, HashSet<PieceRef> pieces) =>
        State != FileState.Done
        && (_pieces.Length == 0 || pieces.Count(piece => piece.File == file && !IsVerified(piece.Piece)) < Left);

    public bool IsVerified(int piece) => _pieces[piece] == PieceState.Verified;

    public bool IsRequested(int piece) => _pieces[piece] == PieceState.Requested;

    /// <summary>Picks the lowest missing piece that <paramref name="owner"/> has, and marks it requested.</summary>
    public bool TryPickMissing(int file, ScheduledOwner owner, out int piece)
    {
        while (_next < _pieces.Length && _pieces[_next] != PieceState.Missing)
            _next++;
        for (piece = _next; piece < _pieces.Length; piece++)
        {
            if (_pieces[piece] != PieceState.Missing || owner.Unavailable.Contains(new PieceRef(file, piece)))
                continue;
            _pieces[piece] = PieceState.Requested;
            return true;
        }

        return false;
    }

    /// <summary>Marks the piece verified. False where it is already.</summary>
    public bool TryComplete(int piece)
    {
        if (_pieces.Length == 0 || _pieces[piece] == PieceState.Verified)
            return false;
        _pieces[piece] = PieceState.Verified;
        Left--;
        return true;
    }

    /// <summary>Marks a requested piece missing again.</summary>
    public void Release(int piece)
    {
        _pieces[piece] = PieceState.Missing;
        _next = Math.Min(_next, piece);
    }
}
