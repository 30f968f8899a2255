namespace P2PShare.Peer.Peers;

/// <summary>A limit on each of many waits for one other side, with one timer for all of them.</summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _tooLong;
    private readonly CancellationTokenSource _either;

    /// <param name="patience">For one wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends every wait.</param>
    public StallTimer(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        _patience = patience;
        _tooLong = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_tooLong.Token, cancellation);
    }

    /// <summary>A wait was too long; every later one ends at once.</summary>
    public bool IsOver => _tooLong.IsCancellationRequested;

    /// <summary>Cancelled when the wait is over. The same for all waits.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Begins a wait, and ends the one before.</summary>
    public CancellationToken Begin()
    {
        _tooLong.CancelAfter(_patience);
        return Token;
    }

    /// <summary>Nobody is waited for.</summary>
    public void End() => _tooLong.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _tooLong.Dispose();
    }
}
