using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Scheduling;

/// <summary>
/// Decides which piece is requested from which owner. Pure: it holds no clock, no socket and no lock; it is told what happened and
/// answers what to do next. SCHEDULER.md, beside this file, explains its rules; its tests check each of them.
/// </summary>
/// <remarks>A file of 4 TiB with 25 owners of a part takes 21.5 MiB, measured by the simulation's command <c>swarm-memory</c>.</remarks>
/// <param name="random">Decides where no piece is better than another; seeded, so that a run can be repeated.</param>
internal sealed class PieceScheduler(Random random)
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
        _files.Add(new ScheduledFile(_files.Count, identity, random));
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

    /// <summary>The owner has the whole file. The caller numbers the owners.</summary>
    public void AddSource(int owner, int file)
    {
        var source = OwnerOf(owner);
        if (source.IsKnownNotToHaveWhole(file))
            return;
        RemoveSource(owner, file);
        source.AddFile(file, part: null);
    }

    /// <summary>
    /// The owner has a part of the file; <see cref="AddPieces"/> says which. Does nothing where it is known to have a part or the whole.
    /// </summary>
    public void AddPartialSource(int owner, int file)
    {
        var source = OwnerOf(owner);
        if (!source.HasFile(file))
            source.AddFile(file, new PieceSet(_files[file].Identity.PieceCount));
    }

    /// <summary>The owner has the whole file, as far as is known.</summary>
    public bool IsWhole(int owner, int file) =>
        _owners.TryGetValue(owner, out var source) && source.HasFile(file) && source.PartOf(file) is null;

    /// <summary>
    /// The owner, which was said to have the whole file, says that it has a part; <see cref="AddPieces"/> says which.
    /// </summary>
    public void MarkPart(int owner, int file)
    {
        if (!IsWhole(owner, file))
            return;
        OwnerOf(owner).MarkNotWhole(file);
        OwnerOf(owner).AddFile(file, new PieceSet(_files[file].Identity.PieceCount));
    }

    /// <summary>The owner of a part has these pieces, too.</summary>
    public void AddPieces(int owner, int file, PieceRange pieces)
    {
        if (!_owners.TryGetValue(owner, out var source) || !source.HasFile(file) || source.PartOf(file) is not { } part)
            return;
        for (var piece = pieces.First; piece <= pieces.Last; piece++)
        {
            if (part.Add(piece))
                _files[file].AddCopy(piece);
        }
    }

    /// <summary>The owner would send these pieces of the file first. They replace what it suggested before.</summary>
    public void Suggest(int owner, int file, PieceRanges pieces)
    {
        if (_owners.TryGetValue(owner, out var source))
            source.Suggest(file, pieces);
    }

    /// <summary>The owner does not have the file any more.</summary>
    public void RemoveSource(int owner, int file)
    {
        if (_owners.TryGetValue(owner, out var source) && source.HasFile(file) && source.RemoveFile(file) is { } part)
            _files[file].RemoveCopies(part);
    }

    /// <summary>The owner is gone or rejected. What was requested of it is missing again.</summary>
    public void RemoveOwner(int owner)
    {
        if (!_owners.Remove(owner, out var removed))
            return;
        foreach (var piece in removed.Requested)
            ReleaseUnlessRequested(piece);
        foreach (var (file, part) in removed.Parts)
            _files[file].RemoveCopies(part!);
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
        if (!_owners.TryGetValue(owner, out var source) || !source.HasRoom(isAlone: _owners.Count == 1))
            return false;
        if (!TryPickMissing(source, out piece) && !Endgame.TryPick(source, _owners.Values, _files, out piece))
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
            if (_files[file].WantsAnyOf(source))
                return true;
        }

        return false;
    }

    /// <summary>
    /// The file that this owner should be watched for: the first open one with a piece that it has and nobody is asked for, or else one
    /// of which it has a part, each in its turn, or else one that it has whole. -1 where it has none that is open.
    /// </summary>
    /// <param name="owner">The owner's number.</param>
    /// <param name="last">The file that it was watched for last; -1 for none.</param>
    /// <param name="isInterested">Whether a piece of it could be requested now.</param>
    public int FileToWatch(int owner, int last, out bool isInterested)
    {
        isInterested = false;
        if (!_owners.TryGetValue(owner, out var source))
            return -1;
        var (best, lowestRank) = (-1, int.MaxValue);
        for (var file = _firstNotDone; file < _files.Count && !isInterested; file++)
        {
            if (_files[file].State is not FileState.Open || !source.HasFile(file))
                continue;
            isInterested = _files[file].HasMissingOf(source);
            var rank = isInterested ? -1 : source.PartOf(file) is null ? 2 : file > last ? 0 : 1;
            if (rank < lowestRank)
                (best, lowestRank) = (file, rank);
        }

        return best;
    }

    /// <summary>Picks the next closed file that this owner has, and marks it as being opened.</summary>
    public bool TryPickFileToOpen(int owner, out int file)
    {
        file = -1;
        if (!_owners.TryGetValue(owner, out var source))
            return false;
        for (var index = _firstWithMissing; index < _files.Count && file < 0; index++)
        {
            if (_files[index].State == FileState.Closed && source.HasFile(index))
                file = index;
        }

        if (file >= 0)
            _files[file].State = FileState.Opening;
        return file >= 0;
    }

    /// <summary>
    /// The owner that picked the file has not helped to open it, or not yet: another owner may pick it. Does nothing where it is open.
    /// </summary>
    public void ReleaseFile(int file)
    {
        if (_files[file].State == FileState.Opening)
            _files[file].State = FileState.Closed;
    }

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
        if (!_owners.TryGetValue(owner, out var source) || !source.HasFile(piece.File))
            return;
        var file = _files[piece.File];
        if (source.PartOf(piece.File) is null)
        {
            MarkPart(owner, piece.File);
            AddPieces(owner, piece.File, new PieceRange(0, file.Identity.PieceCount - 1));
        }

        if (source.PartOf(piece.File)!.Remove(piece.Piece))
            file.RemoveCopy(piece.Piece);
    }

    private ScheduledOwner OwnerOf(int number)
    {
        if (!_owners.TryGetValue(number, out var owner))
        {
            owner = new ScheduledOwner();
            _owners.Add(number, owner);
        }

        return owner;
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
            if (!owner.HasFile(file) || !_files[file].TryPickMissing(owner, out var index))
                continue;
            piece = new PieceRef(file, index);
            return true;
        }

        piece = default;
        return false;
    }

    private void ReleaseUnlessRequested(PieceRef piece)
    {
        if (_files[piece.File].IsRequested(piece.Piece) && !_owners.Values.Any(owner => owner.Requested.Contains(piece)))
        {
            _files[piece.File].Release(piece.Piece);
            _firstWithMissing = Math.Min(_firstWithMissing, piece.File);
        }
    }
}
