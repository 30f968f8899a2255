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

/// <summary>What the scheduler knows of one file: which pieces are missing, requested or verified, and how many owners have each.</summary>
internal sealed class ScheduledFile(int index, FileIdentity identity, Random random)
{
    // Allocated when the file is opened, so that ten thousand files that are not open yet cost little. A piece that is in neither set
    // is requested.
    private static readonly PieceSet NotOpen = new(0);
    private PieceSet _missing = NotOpen;
    private PieceSet _verified = NotOpen;

    // Null while no owner of a part is known: then no piece is rarer than another.
    private ushort[]? _copies;

    // Where pieces are picked in order, the order starts here, so that two requesters of one owner begin with different pieces.
    private int _start;

    public FileIdentity Identity { get; } = identity;

    public FileState State { get; set; }

    /// <summary>Pieces that are not verified yet.</summary>
    public int Left => Identity.PieceCount - _verified.Count;

    public bool HasOrMayHaveMissing => State is FileState.Closed or FileState.Opening || _missing.Count > 0;

    /// <param name="verified">For each piece whether it is verified; empty for none.</param>
    public void Open(ReadOnlySpan<bool> verified)
    {
        State = FileState.Open;
        (_missing, _verified) = (PieceSet.All(Identity.PieceCount), new PieceSet(Identity.PieceCount));
        _start = Identity.PieceCount > 1 ? random.Next(Identity.PieceCount) : 0;
        for (var piece = 0; piece < verified.Length; piece++)
        {
            if (!verified[piece])
                continue;
            _missing.Remove(piece);
            _verified.Add(piece);
        }
    }

    /// <summary>The owner has, or may have, a piece that is not verified.</summary>
    public bool WantsAnyOf(ScheduledOwner owner) =>
        State != FileState.Done
        && owner.HasFile(index)
        && (State != FileState.Open || owner.PartOf(index) is not { } part || part.HasAnyExcept(_verified));

    /// <summary>The owner has a piece that nobody is asked for.</summary>
    public bool HasMissingOf(ScheduledOwner owner) =>
        State == FileState.Open && owner.HasFile(index) && _missing.Overlaps(owner.PartOf(index));

    public bool IsVerified(int piece) => _verified.Contains(piece);

    public bool IsRequested(int piece) => State == FileState.Open && !_missing.Contains(piece) && !_verified.Contains(piece);

    /// <summary>One more owner of a part of the file is known to have the piece.</summary>
    public void AddCopy(int piece) => (_copies ??= new ushort[Identity.PieceCount])[piece]++;

    /// <summary>One owner less is known to have the piece.</summary>
    public void RemoveCopy(int piece) => _copies![piece]--;

    /// <summary>One owner less is known to have these pieces.</summary>
    public void RemoveCopies(PieceSet pieces)
    {
        for (var piece = 0; _copies is not null && piece < _copies.Length; piece++)
        {
            if (pieces.Contains(piece))
                _copies[piece]--;
        }
    }

    /// <summary>Picks a missing piece that <paramref name="owner"/> has, and marks it requested.</summary>
    public bool TryPickMissing(ScheduledOwner owner, out int piece)
    {
        piece = -1;
        if (_missing.Count == 0)
            return false;
        piece = FindSuggested(owner);
        if (piece < 0)
        {
            piece = _copies is null
                ? _missing.FindFrom(_start, owner.PartOf(index))
                : RarestPiece.Find(_missing, owner.PartOf(index), _copies, random);
        }

        return piece >= 0 && _missing.Remove(piece);
    }

    /// <summary>Marks the piece verified. False where it is already.</summary>
    public bool TryComplete(int piece)
    {
        if (State == FileState.Closed || !_verified.Add(piece))
            return false;
        _missing.Remove(piece);
        return true;
    }

    /// <summary>Marks a requested piece missing again.</summary>
    public void Release(int piece) => _missing.Add(piece);

    private int FindSuggested(ScheduledOwner owner)
    {
        if (owner.SuggestedFile != index)
            return -1;
        foreach (var range in owner.Suggested)
        {
            for (var piece = range.First; piece <= Math.Min(range.Last, Identity.PieceCount - 1); piece++)
            {
                if (_missing.Contains(piece) && owner.Has(index, piece))
                    return piece;
            }
        }

        return -1;
    }
}
