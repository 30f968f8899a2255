using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// What the workers of one download share: the scheduler behind one lock, the byte and file counts, and an event for workers that wait
/// for work. File I/O happens outside the lock.
/// </summary>
internal sealed class DownloadState(IReadOnlyList<DownloadFile> files, Random random)
{
    private readonly Lock _lock = new();
    private readonly PieceScheduler _scheduler = new(random);
    private readonly TaskCompletionSource _finished = new();
    private readonly TaskCompletionSource _allFetched = new();
    private long _verified;
    private long _arriving;
    private long _fetched;
    private long _found;
    private long _hashes;
    private int _filesFinished;

    public IReadOnlyList<DownloadFile> Files => files;

    public PieceBuffers Buffers { get; } = new();

    public long TotalBytes { get; } = files.Sum(file => file.Identity.Size);

    /// <summary>Bytes that are verified, those of an earlier run included, and bytes received that are not verified yet.</summary>
    public long Bytes => Interlocked.Read(ref _verified) + Interlocked.Read(ref _arriving);

    /// <summary>Bytes of content received in this run, right or wrong.</summary>
    public long FetchedBytes => Interlocked.Read(ref _fetched);

    /// <summary>Bytes of content that older versions of the files held.</summary>
    public long FoundBytes => Interlocked.Read(ref _found);

    /// <summary>Grows whenever an owner sends content or hashes.</summary>
    public long ReceivedBytes => FetchedBytes + Interlocked.Read(ref _hashes);

    /// <summary>Completes when every file is finished and has its name.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Every piece is verified, though not every file may have its name yet.</summary>
    public bool IsAllFetched
    {
        get
        {
            lock (_lock)
                return _scheduler.IsDone;
        }
    }

    /// <summary>Completes when the last piece is verified.</summary>
    public Task AllFetched => _allFetched.Task;

    public int FilesFinished => Volatile.Read(ref _filesFinished);

    /// <summary>Every file is finished and has its name.</summary>
    public bool IsFinished => FilesFinished == files.Count;

    /// <summary>
    /// Raised by whatever may be new work for a worker. A worker reads its version, looks for work, and then waits for a change.
    /// </summary>
    public VersionedEvent Changed { get; } = new();

    /// <summary>Changes the scheduler under the lock, and wakes the workers that wait for work.</summary>
    public void Change(Action<PieceScheduler> change)
    {
        lock (_lock)
            change(_scheduler);
        Changed.Raise();
    }

    /// <inheritdoc cref="PieceScheduler.TryPick"/>
    public bool TryPick(int owner, out PieceRef piece)
    {
        lock (_lock)
            return _scheduler.TryPick(owner, out piece);
    }

    /// <inheritdoc cref="PieceScheduler.TryPickFileToOpen"/>
    public bool TryPickFileToOpen(int owner, out int file)
    {
        lock (_lock)
            return _scheduler.TryPickFileToOpen(owner, out file);
    }

    /// <inheritdoc cref="PieceScheduler.IsInteresting"/>
    public bool IsInteresting(int owner)
    {
        lock (_lock)
            return _scheduler.IsInteresting(owner);
    }

    /// <inheritdoc cref="PieceScheduler.FileToWatch"/>
    public int FileToWatch(int owner, int last, out bool isInterested)
    {
        lock (_lock)
            return _scheduler.FileToWatch(owner, last, out isInterested);
    }

    /// <inheritdoc cref="PieceScheduler.IsWhole"/>
    public bool IsWhole(int owner, int file)
    {
        lock (_lock)
            return _scheduler.IsWhole(owner, file);
    }

    /// <summary>
    /// Notes what an owner said of its pieces. It does not raise <see cref="Changed"/>: it is new work for that owner's worker alone.
    /// </summary>
    public void NoteOwner(Action<PieceScheduler> note)
    {
        lock (_lock)
            note(_scheduler);
    }

    /// <inheritdoc cref="PieceScheduler.SetRate"/>
    public void SetRate(int owner, double bytesPerSecond)
    {
        lock (_lock)
            _scheduler.SetRate(owner, bytesPerSecond);
    }

    /// <summary>Counts a piece that was verified and written. True where it was the file's last.</summary>
    public bool Complete(int owner, PieceRef piece)
    {
        bool isNew, isLast, isAll;
        lock (_lock)
        {
            isNew = _scheduler.Complete(owner, piece, out isLast);
            isAll = isLast && _scheduler.IsDone;
        }

        if (isAll)
            _allFetched.TrySetResult();
        if (isNew)
            Interlocked.Add(ref _verified, files[piece.File].Identity.PieceLength(piece.Piece));
        return isLast;
    }

    /// <summary>The piece still has to be written: no other copy of it was verified before.</summary>
    public bool IsWanted(PieceRef piece)
    {
        lock (_lock)
            return _scheduler.IsWanted(piece);
    }

    /// <summary>Counts bytes that an earlier run left and that were verified.</summary>
    public void CountResumed(long bytes) => Interlocked.Add(ref _verified, bytes);

    /// <summary>Counts bytes that an older version held and that were verified.</summary>
    public void CountFound(long bytes)
    {
        Interlocked.Add(ref _found, bytes);
        Interlocked.Add(ref _verified, bytes);
    }

    /// <summary>Counts received bytes of a piece layer.</summary>
    public void CountHashes(int bytes) => Interlocked.Add(ref _hashes, bytes);

    public void CountFinishedFile()
    {
        if (Interlocked.Increment(ref _filesFinished) < files.Count)
            return;
        _finished.TrySetResult();
        Changed.Raise();
    }

    /// <summary>Counts received bytes, or, where negative, takes them off again: they are verified, or dropped.</summary>
    public void CountArriving(int bytes)
    {
        Interlocked.Add(ref _arriving, bytes);
        if (bytes > 0)
            Interlocked.Add(ref _fetched, bytes);
    }
}
