using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>
/// Decides which piece is requested from which owner. Pure: it holds no clock, no socket and no lock; it is told what happened and
/// answers what to do next. SCHEDULER.md, beside this file, explains its rules; its tests check each of them.
/// </summary>
internal sealed class PieceScheduler
{
    private readonly List<ScheduledFile> _files = [];
    private readonly Dictionary<int, ScheduledOwner> _owners = [];

    // No file before the first has a missing piece, and every file before the second is done.
    private int _firstWithMissing;
    private int _firstNotDone;
    private int _filesDone;

    /// <summary>Every piece of every file is verified.</summary>
    public bool IsDone => _filesDone == _files.Count;

    /// <summary>Adds a closed file and returns its index. Its pieces can be requested after <see cref="Open"/>.</summary>
    public int AddFile(FileIdentity identity)
    {
        _files.Add(new ScheduledFile(identity));
        return _files.Count - 1;
    }

    /// <summary>Opens a file whose piece layer is known, so that its pieces can be verified. True where no piece is missing.</summary>
    /// <param name="file">The file's index.</param>
    /// <param name="verified">For each piece whether an earlier run left it and it is right; empty for none.</param>
    public bool Open(int file, ReadOnlySpan<bool> verified)
    {
        _files[file].Open(verified);
        _firstWithMissing = Math.Min(_firstWithMissing, file);
        return CompleteFileIfDone(file);
    }

    /// <summary>The owner has the file. The caller numbers the owners.</summary>
    public void AddSource(int owner, int file)
    {
        if (!_owners.TryGetValue(owner, out var source))
        {
            source = new ScheduledOwner();
            _owners.Add(owner, source);
        }

        source.Files.Add(file);
    }

    /// <summary>The owner does not have the file any more.</summary>
    public void RemoveSource(int owner, int file)
    {
        if (_owners.TryGetValue(owner, out var source))
            source.Files.Remove(file);
    }

    /// <summary>The owner is gone or rejected. What was requested of it is missing again.</summary>
    public void RemoveOwner(int owner)
    {
        if (!_owners.Remove(owner, out var removed))
            return;
        foreach (var piece in removed.Requested)
            ReleaseUnlessRequested(piece);
    }

    /// <param name="owner">The owner's number.</param>
    /// <param name="bytesPerSecond">How fast it has been of late.</param>
    public void SetRate(int owner, double bytesPerSecond)
    {
        if (_owners.TryGetValue(owner, out var source))
            source.Rate = bytesPerSecond;
    }

    /// <summary>
    /// Picks the next piece to request of this owner. False where its queue is long enough, or it has nothing that is wanted.
    /// </summary>
    public bool TryPick(int owner, out PieceRef piece)
    {
        piece = default;
        if (!_owners.TryGetValue(owner, out var source) || !source.HasRoom)
            return false;
        if (!TryPickMissing(source, out piece) && !TryPickEndgame(owner, source, out piece))
            return false;
        source.AddRequest(piece, LengthOf(piece));
        return true;
    }

    /// <summary>The owner may have a piece that is not verified yet (BitTorrent's "interested").</summary>
    public bool IsInteresting(int owner)
    {
        if (!_owners.TryGetValue(owner, out var source))
            return false;
        for (var file = _firstNotDone; file < _files.Count; file++)
        {
            if (source.Files.Contains(file) && _files[file].WantsAnyExcept(file, source.Unavailable))
                return true;
        }

        return false;
    }

    /// <summary>Picks the next closed file that this owner has, and marks it as being opened.</summary>
    public bool TryPickFileToOpen(int owner, out int file)
    {
        file = -1;
        if (!_owners.TryGetValue(owner, out var source))
            return false;
        for (var index = _firstWithMissing; index < _files.Count && file < 0; index++)
        {
            if (_files[index].State == FileState.Closed && source.Files.Contains(index))
                file = index;
        }

        if (file >= 0)
            _files[file].State = FileState.Opening;
        return file >= 0;
    }

    /// <summary>The file could not be opened with the help of the owner that picked it; another owner may pick it.</summary>
    public void ReleaseFile(int file) => _files[file].State = FileState.Closed;

    /// <summary>The owner's copy of the piece was verified. False where another owner's copy was verified before.</summary>
    public bool Complete(int owner, PieceRef piece, out bool isFileDone)
    {
        isFileDone = false;
        if (_owners.TryGetValue(owner, out var source))
            source.RemoveRequest(piece, LengthOf(piece));
        if (!_files[piece.File].TryComplete(piece.Piece))
            return false;
        isFileDone = CompleteFileIfDone(piece.File);
        return true;
    }

    /// <summary>The piece is not verified yet.</summary>
    public bool IsWanted(PieceRef piece) => !_files[piece.File].IsVerified(piece.Piece);

    /// <summary>The owner will not send this piece now; it may be requested of it again.</summary>
    public void Release(int owner, PieceRef piece)
    {
        if (_owners.TryGetValue(owner, out var source))
            source.RemoveRequest(piece, LengthOf(piece));
        ReleaseUnlessRequested(piece);
    }

    /// <summary>The owner does not have this piece (BEP 54's "don't have"): it is not requested of it again.</summary>
    public void MarkUnavailable(int owner, PieceRef piece)
    {
        Release(owner, piece);
        if (_owners.TryGetValue(owner, out var source))
            source.Unavailable.Add(piece);
    }

    private int LengthOf(PieceRef piece) => _files[piece.File].Identity.PieceLength(piece.Piece);

    private bool CompleteFileIfDone(int file)
    {
        if (_files[file].State != FileState.Open || _files[file].Left > 0)
            return false;
        _files[file].State = FileState.Done;
        _filesDone++;
        while (_firstNotDone < _files.Count && _files[_firstNotDone].State == FileState.Done)
            _firstNotDone++;
        return true;
    }

    private bool TryPickMissing(ScheduledOwner owner, out PieceRef piece)
    {
        while (_firstWithMissing < _files.Count && !_files[_firstWithMissing].HasOrMayHaveMissing)
            _firstWithMissing++;
        for (var file = _firstWithMissing; file < _files.Count; file++)
        {
            if (!owner.Files.Contains(file) || !_files[file].TryPickMissing(file, owner, out var index))
                continue;
            piece = new PieceRef(file, index);
            return true;
        }

        piece = default;
        return false;
    }

    // Endgame: every piece is requested. A piece that a slow owner will send much later than this one could is requested twice.
    private bool TryPickEndgame(int ownerNumber, ScheduledOwner owner, out PieceRef piece)
    {
        piece = default;
        var longest = 0.0;
        foreach (var (number, slower) in _owners)
        {
            if (number == ownerNumber)
                continue;
            var bytesBefore = 0L;
            foreach (var requested in slower.Requested)
            {
                bytesBefore += LengthOf(requested);
                var wait = slower.SecondsFor(bytesBefore);
                if (wait > longest && owner.WouldBeMuchFaster(LengthOf(requested), wait) && IsEndgameCandidate(owner, requested))
                    (longest, piece) = (wait, requested);
            }
        }

        return longest > 0;
    }

    private bool IsEndgameCandidate(ScheduledOwner owner, PieceRef piece) =>
        owner.Files.Contains(piece.File)
        && !owner.Unavailable.Contains(piece)
        && _files[piece.File].IsRequested(piece.Piece)
        && _owners.Values.Count(other => other.Requested.Contains(piece)) == 1
        && !owner.Requested.Contains(piece);

    private void ReleaseUnlessRequested(PieceRef piece)
    {
        if (_files[piece.File].IsRequested(piece.Piece) && !_owners.Values.Any(owner => owner.Requested.Contains(piece)))
        {
            _files[piece.File].Release(piece.Piece);
            _firstWithMissing = Math.Min(_firstWithMissing, piece.File);
        }
    }
}
