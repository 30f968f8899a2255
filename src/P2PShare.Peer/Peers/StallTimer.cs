namespace P2PShare.Peer.Peers;

/// <summary>
/// Limits each wait for the other side of a connection. One timer and one token serve all waits, so that a wait allocates nothing.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    private const int Unknown = -1;

    private readonly TimeSpan _firstWait;
    private readonly Func<int?>? _untaken;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _expired = new();
    private readonly CancellationTokenSource _linked;
    private int _untakenBefore = Unknown;
    private bool _isRunning;

    /// <param name="timeout">The longest that one wait may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends every wait.</param>
    /// <param name="untaken">
    /// How many of the bytes that were sent the other side has not taken yet. As long as they become fewer, a wait goes on: looked at
    /// every half of the timeout. Null, or a result of null, where that is not known.
    /// </param>
    public StallTimer(TimeSpan timeout, TimeProvider time, CancellationToken cancellation, Func<int?>? untaken = null)
    {
        (_firstWait, _untaken) = (untaken is null ? timeout : timeout / 2, untaken);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_expired.Token, cancellation);
    }

    /// <summary>A wait took too long; every later wait ends at once.</summary>
    public bool HasExpired => _expired.IsCancellationRequested;

    /// <summary>Cancelled when a wait takes too long, or by the constructor's token. The same token for all waits.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Starts the time of a new wait, and returns <see cref="Token"/>.</summary>
    public CancellationToken Restart()
    {
        _untakenBefore = Unknown;
        _isRunning = true;
        _timer.Change(_firstWait, Timeout.InfiniteTimeSpan);
        return Token;
    }

    /// <summary>Starts the time of a wait where the timer was stopped; a wait that is under way is not prolonged.</summary>
    public void Resume()
    {
        if (!_isRunning)
            Restart();
    }

    /// <summary>Stops the timer: nothing is awaited now.</summary>
    public void Stop()
    {
        _isRunning = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _linked.Dispose();
        _expired.Dispose();
    }

    private void OnTimer()
    {
        // After the first half of the timeout there is nothing to compare with yet.
        var left = _untaken?.Invoke() ?? 0;
        if (_untaken is not null && (_untakenBefore == Unknown || left < _untakenBefore))
        {
            _untakenBefore = left;
            _timer.Change(_firstWait, Timeout.InfiniteTimeSpan);
            return;
        }

        try
        {
            _expired.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection ended at the same moment.
        }
    }
}
