using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// What the owners' workers of one download share: the scheduler behind one lock, the counts, and a signal for those who wait
/// for work. The files' own I/O happens outside the lock.
/// </summary>
internal sealed class DownloadState(IReadOnlyList<DownloadFile> files)
{
    private readonly Lock _lock = new();
    private readonly PieceScheduler _scheduler = new();
    private readonly TaskCompletionSource _finished = new();
    private readonly TaskCompletionSource _allFetched = new();
    private long _verified;
    private long _arriving;
    private long _fetched;
    private int _filesFinished;

    public IReadOnlyList<DownloadFile> Files => files;

    public PieceBuffers Buffers { get; } = new();

    public long TotalBytes { get; } = files.Sum(file => file.Identity.Size);

    /// <summary>Bytes that are there and right, and those just coming in.</summary>
    public long Bytes => Interlocked.Read(ref _verified) + Interlocked.Read(ref _arriving);

    /// <summary>Bytes of content that came over the network in this run, right or wrong.</summary>
    public long FetchedBytes => Interlocked.Read(ref _fetched);

    /// <summary>Completes when every file is finished.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Every piece is there, though not every file may have its name yet.</summary>
    public bool IsAllFetched
    {
        get
        {
            lock (_lock)
                return _scheduler.IsDone;
        }
    }

    /// <summary>Completes with the last piece that comes.</summary>
    public Task AllFetched => _allFetched.Task;

    public int FilesFinished => Volatile.Read(ref _filesFinished);

    /// <summary>Every file is finished and has its name.</summary>
    public bool IsFinished => FilesFinished == files.Count;

    /// <summary>Raised by whatever may be new work for a worker: look at its version, then for work, then wait.</summary>
    public VersionedEvent Changed { get; } = new();

    /// <summary>Tells the scheduler something, alone, and wakes whoever waits for work.</summary>
    public void Change(Action<PieceScheduler> change)
    {
        lock (_lock)
            change(_scheduler);
        Changed.Raise();
    }

    public bool TryPick(int owner, out PieceRef piece)
    {
        lock (_lock)
            return _scheduler.TryPick(owner, out piece);
    }

    public bool TryPickFileToOpen(int owner, out int file)
    {
        lock (_lock)
            return _scheduler.TryPickFileToOpen(owner, out file);
    }

    public bool IsInteresting(int owner)
    {
        lock (_lock)
            return _scheduler.IsInteresting(owner);
    }

    public void SetRate(int owner, double bytesPerSecond)
    {
        lock (_lock)
            _scheduler.SetRate(owner, bytesPerSecond);
    }

    /// <summary>Notes a piece that was verified and written. True where it was the file's last.</summary>
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

    /// <summary>Whether the piece still has to be written, since only one of two copies need be.</summary>
    public bool IsWanted(PieceRef piece)
    {
        lock (_lock)
            return _scheduler.IsWanted(piece);
    }

    /// <summary>Bytes that a former run left and that were found right.</summary>
    public void CountResumed(long bytes) => Interlocked.Add(ref _verified, bytes);

    public void CountFinishedFile()
    {
        if (Interlocked.Increment(ref _filesFinished) < files.Count)
            return;
        _finished.TrySetResult();
        Changed.Raise();
    }

    public void CountArriving(int bytes)
    {
        Interlocked.Add(ref _arriving, bytes);
        if (bytes > 0)
            Interlocked.Add(ref _fetched, bytes);
    }
}
