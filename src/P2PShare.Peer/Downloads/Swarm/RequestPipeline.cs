using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// The pieces requested of one owner and not answered yet, oldest first, and how fast the owner answers. Owners answer in order. Used
/// by the owner's worker alone, except for <see cref="NoteSilence"/> and <see cref="IsBusy"/>.
/// </summary>
/// <param name="owner">The owner's number in the scheduler.</param>
/// <param name="state">The download's state.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestPipeline(int owner, DownloadState state, TimeProvider time)
{
    private const double WeightOfLatestRate = 0.3;
    private const double SilenceSeconds = 0.5;

    private readonly Queue<PieceRef> _requested = new();
    private TimeSpan _pause;
    private double _rate;
    private long _lastArrival;
    private bool _isPieceDue;

    public bool IsEmpty => _requested.Count == 0;

    /// <summary>
    /// The owner has replied BUSY: its upload slots serve others. Nothing is requested before <see cref="WaitWhileBusyAsync"/>.
    /// </summary>
    public bool IsBusy { get; private set; }

    /// <summary>Requests as many pieces as the scheduler allows. They are sent with the connection's next flush.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="allowance">The most that the owner allows.</param>
    /// <returns>How many were requested.</returns>
    public int Fill(PeerConnection peer, int allowance)
    {
        if (IsBusy)
            return 0;
        var count = 0;
        if (_requested.Count == 0)
            Interlocked.Exchange(ref _lastArrival, time.GetTimestamp());
        while (count < allowance && state.TryPick(owner, out var piece))
        {
            var file = state.Files[piece.File];
            var identity = file.Identity;
            file.AskMetadata(peer, owner);
            peer.Ask(new Get(identity.Id, (long)piece.Piece * Limits.PieceBytes, identity.PieceLength(piece.Piece)));
            _requested.Enqueue(piece);
            count++;
        }

        Volatile.Write(ref _isPieceDue, _requested.Count > 0);
        return count;
    }

    /// <summary>Removes the oldest request and returns its piece: its reply has come.</summary>
    public PieceRef Dequeue() => _requested.Dequeue();

    /// <summary>A piece has arrived whole: updates the owner's rate.</summary>
    public void NoteArrival(int bytes)
    {
        var now = time.GetTimestamp();
        var seconds = Math.Max(time.GetElapsedTime(_lastArrival, now).TotalSeconds, 1e-6);
        Interlocked.Exchange(ref _lastArrival, now);
        _rate = _rate == 0 ? bytes / seconds : _rate + WeightOfLatestRate * (bytes / seconds - _rate);
        state.SetRate(owner, _rate);
    }

    /// <summary>
    /// Lowers the owner's rate while a piece is due and does not come: the rate is at most one piece in the time since the last one. In
    /// the endgame, other owners are then asked for its pieces long before it counts as stalled.
    /// </summary>
    public void NoteSilence()
    {
        var seconds = time.GetElapsedTime(Interlocked.Read(ref _lastArrival)).TotalSeconds;
        if (Volatile.Read(ref _isPieceDue) && seconds >= SilenceSeconds)
            LimitRate(Limits.PieceBytes / seconds);
    }

    /// <summary>The owner replied BUSY. The later requests are answered all the same, with BUSY or with data.</summary>
    public void NoteBusy(PieceRef piece, TimeSpan pause)
    {
        (IsBusy, _pause) = (true, pause);
        state.Change(scheduler => scheduler.Release(owner, piece));
    }

    /// <summary>The owner serves others first: the piece may be requested of another owner.</summary>
    public void NoteChoked(PieceRef piece) => state.Change(scheduler => scheduler.Release(owner, piece));

    /// <summary>The owner does not have the piece, or, where its file has changed, any piece of the file.</summary>
    public void NoteUnavailable(PieceRef piece, bool isFileChanged)
    {
        state.Change(scheduler =>
        {
            scheduler.MarkUnavailable(owner, piece);
            if (isFileChanged)
                scheduler.RemoveSource(owner, piece.File);
        });
    }

    /// <summary>Waits as long as the owner asked for with BUSY. Every request must have been answered.</summary>
    public async Task WaitWhileBusyAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _isPieceDue, false);
        await Task.Delay(_pause, time, cancellation);
        IsBusy = false;
    }

    // A method of its own, so that a tick without silence allocates no closure.
    private void LimitRate(double bytesPerSecond) =>
        state.Change(scheduler => scheduler.SetRate(owner, _rate == 0 ? bytesPerSecond : Math.Min(_rate, bytesPerSecond)));
}
