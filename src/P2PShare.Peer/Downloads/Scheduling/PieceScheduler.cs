using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>A piece of one of a download's files, by their indexes.</summary>
internal readonly record struct PieceRef(int File, int Piece);

/// <summary>
/// Decides which owner is asked for which piece. Pure: it holds no clock, no socket and no lock, is told what happened, and
/// answers what to do next. SCHEDULER.md, beside this file, says how it thinks; its tests hold it to that.
/// </summary>
internal sealed class PieceScheduler
{
    private readonly List<ScheduledFile> _files = [];
    private readonly Dictionary<int, ScheduledOwner> _owners = [];
    private int _firstWithWork;
    private int _firstNotDone;
    private int _filesDone;

    /// <summary>Every piece of every file is there.</summary>
    public bool IsDone => _filesDone == _files.Count;

    /// <summary>Adds a file whose pieces may be asked for only once <see cref="Open"/> said which of them are there already.</summary>
    public int AddFile(FileIdentity identity)
    {
        _files.Add(new ScheduledFile(identity));
        return _files.Count - 1;
    }

    /// <summary>The file's hashes are known, so that its pieces can be verified. True where none is missing.</summary>
    /// <param name="file">The file's index.</param>
    /// <param name="there">For each piece whether it is there; empty for none.</param>
    public bool Open(int file, ReadOnlySpan<bool> there)
    {
        _files[file].Open(there);
        _firstWithWork = Math.Min(_firstWithWork, file);
        return CountIfDone(file);
    }

    /// <summary>The owner has the file. Owners are numbered by the caller.</summary>
    public void Offer(int owner, int file)
    {
        if (!_owners.TryGetValue(owner, out var known))
            _owners.Add(owner, known = new ScheduledOwner());
        known.Files.Add(file);
    }

    /// <summary>The owner is gone, or not to be trusted: what it was asked for goes to others.</summary>
    public void Remove(int owner)
    {
        if (!_owners.Remove(owner, out var gone))
            return;
        foreach (var piece in gone.Asked)
            FreeUnlessAskedOfAnother(piece);
    }

    /// <summary>How fast the owner has been of late, in bytes a second.</summary>
    public void NoteRate(int owner, double bytesPerSecond)
    {
        if (_owners.TryGetValue(owner, out var known))
            known.Rate = bytesPerSecond;
    }

    /// <summary>The next piece to ask this owner for; false where it has enough before it, or nothing that is wanted.</summary>
    public bool TryTake(int owner, out PieceRef piece)
    {
        piece = default;
        if (!_owners.TryGetValue(owner, out var taker) || !taker.HasRoom)
            return false;
        if (!TryTakeMissing(taker, out piece) && !TryTakeFromSlower(owner, taker, out piece))
            return false;
        taker.Ask(piece, LengthOf(piece));
        return true;
    }

    /// <summary>It has, as far as is known, something that is still wanted.</summary>
    public bool MayGive(int owner)
    {
        if (!_owners.TryGetValue(owner, out var known))
            return false;
        for (var file = _firstNotDone; file < _files.Count; file++)
        {
            if (known.Files.Contains(file) && _files[file].WantsAnyBut(file, known.Lacking))
                return true;
        }

        return false;
    }

    /// <summary>The next file that must be opened before its pieces can be asked for, and that this owner has.</summary>
    public bool TryTakeFileToOpen(int owner, out int file)
    {
        file = -1;
        if (!_owners.TryGetValue(owner, out var taker))
            return false;
        for (var index = _firstWithWork; index < _files.Count && file < 0; index++)
        {
            if (_files[index].State == FileState.Closed && taker.Files.Contains(index))
                file = index;
        }

        if (file >= 0)
            _files[file].State = FileState.Opening;
        return file >= 0;
    }

    /// <summary>The file could not be opened with that owner's help: another may try.</summary>
    public void GiveBackFile(int file) => _files[file].State = FileState.Closed;

    /// <summary>The piece came, and was right. True where it was still wanted; false where another owner was quicker.</summary>
    public bool Complete(int owner, PieceRef piece, out bool isFileDone)
    {
        isFileDone = false;
        if (_owners.TryGetValue(owner, out var giver))
            giver.Answered(piece, LengthOf(piece));
        if (!_files[piece.File].TryComplete(piece.Piece))
            return false;
        isFileDone = CountIfDone(piece.File);
        return true;
    }

    /// <summary>The piece is not there yet.</summary>
    public bool IsWanted(PieceRef piece) => !_files[piece.File].IsThere(piece.Piece);

    /// <summary>The owner will not give this piece now, but may later.</summary>
    public void GiveBack(int owner, PieceRef piece)
    {
        if (_owners.TryGetValue(owner, out var giver))
            giver.Answered(piece, LengthOf(piece));
        FreeUnlessAskedOfAnother(piece);
    }

    /// <summary>The owner does not have this piece: it is not asked for it again.</summary>
    public void NoteLacking(int owner, PieceRef piece)
    {
        GiveBack(owner, piece);
        if (_owners.TryGetValue(owner, out var giver))
            giver.Lacking.Add(piece);
    }

    /// <summary>The owner no longer has this file.</summary>
    public void NoteLackingFile(int owner, int file)
    {
        if (_owners.TryGetValue(owner, out var giver))
            giver.Files.Remove(file);
    }

    private int LengthOf(PieceRef piece) => _files[piece.File].Identity.PieceLength(piece.Piece);

    private bool CountIfDone(int file)
    {
        var isDone = _files[file].State == FileState.Open && _files[file].Left == 0;
        if (isDone)
        {
            _files[file].State = FileState.Done;
            _filesDone++;
            while (_firstNotDone < _files.Count && _files[_firstNotDone].State == FileState.Done)
                _firstNotDone++;
        }

        return isDone;
    }

    private bool TryTakeMissing(ScheduledOwner taker, out PieceRef piece)
    {
        while (_firstWithWork < _files.Count && !_files[_firstWithWork].HasOrMayHaveMissing)
            _firstWithWork++;
        for (var file = _firstWithWork; file < _files.Count; file++)
        {
            if (!taker.Files.Contains(file) || !_files[file].TryTakeMissing(file, taker, out var index))
                continue;
            piece = new PieceRef(file, index);
            return true;
        }

        piece = default;
        return false;
    }

    // Nothing is unasked any more. What a slow owner would finish much later than this one could fetch it is asked twice.
    private bool TryTakeFromSlower(int takerNumber, ScheduledOwner taker, out PieceRef piece)
    {
        piece = default;
        var longest = 0.0;
        foreach (var (number, slower) in _owners)
        {
            if (number == takerNumber)
                continue;
            var bytesBefore = 0L;
            foreach (var asked in slower.Asked)
            {
                bytesBefore += LengthOf(asked);
                var wait = slower.SecondsFor(bytesBefore);
                if (wait > longest && taker.WouldBeMuchFaster(LengthOf(asked), wait) && MayAskAlso(taker, asked))
                    (longest, piece) = (wait, asked);
            }
        }

        return longest > 0;
    }

    private bool MayAskAlso(ScheduledOwner taker, PieceRef piece) =>
        taker.Files.Contains(piece.File)
        && !taker.Lacking.Contains(piece)
        && _files[piece.File].IsAsked(piece.Piece)
        && _owners.Values.Count(owner => owner.Asked.Contains(piece)) == 1
        && !taker.Asked.Contains(piece);

    private void FreeUnlessAskedOfAnother(PieceRef piece)
    {
        if (_files[piece.File].IsAsked(piece.Piece) && !_owners.Values.Any(owner => owner.Asked.Contains(piece)))
        {
            _files[piece.File].Free(piece.Piece);
            _firstWithWork = Math.Min(_firstWithWork, piece.File);
        }
    }
}
