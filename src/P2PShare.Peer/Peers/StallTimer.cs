namespace P2PShare.Peer.Peers;

/// <summary>
/// Limits each wait for the other side of a connection. One timer and one token serve all waits, so that a wait allocates nothing.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _expired;
    private readonly CancellationTokenSource _linked;

    /// <param name="timeout">The longest that one wait may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends every wait.</param>
    public StallTimer(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        _timeout = timeout;
        _expired = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_expired.Token, cancellation);
    }

    /// <summary>A wait took too long; every later wait ends at once.</summary>
    public bool HasExpired => _expired.IsCancellationRequested;

    /// <summary>Cancelled when a wait takes too long, or by the constructor's token. The same token for all waits.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Starts the time of a new wait, and returns <see cref="Token"/>.</summary>
    public CancellationToken Restart()
    {
        _expired.CancelAfter(_timeout);
        return Token;
    }

    /// <summary>Stops the timer: nothing is awaited now.</summary>
    public void Stop() => _expired.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _linked.Dispose();
        _expired.Dispose();
    }
}
