namespace P2PShare.Peer.Peers;

/// <summary>
/// Limits the bytes per second of all transfers of one direction together. A transfer asks before it sends a share of its bytes, or
/// after it has received one, and waits until those that asked earlier have had theirs: first come, first served, which is fair as long
/// as everybody asks for equal shares. Thread-safe. Without a limit it costs one read of a field.
/// </summary>
/// <remarks>
/// It knows only when the bytes that were granted so far will have passed at the rate. A timer that fires late is made up for by the
/// next grants, up to <see cref="Credit"/>, which is also all that an idle direction saves up: there is no burst of more than that, and
/// one share.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class RateLimiter(TimeProvider time)
{
    /// <summary>
    /// The smallest limit. The system has received 64 KiB or more before the first byte is read, and takes nothing while that is read
    /// slowly: with less than 4 KiB/s for each owner, the owner sees nothing taken for 30 s, and gives up.
    /// </summary>
    public const long LeastBytesPerSecond = 16 * 1024;

    /// <summary>
    /// A larger share would let the first of many connections hold the others up; it is what a connection sends at once without a limit.
    /// </summary>
    public const int MaxShare = 256 * 1024;

    private static readonly TimeSpan Credit = TimeSpan.FromSeconds(0.1);

    // One share never takes longer, also where it was taken under another limit: so a change takes effect within this time.
    private static readonly TimeSpan MaxCost = TimeSpan.FromSeconds(0.5);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private ITimer? _timer;
    private long _bytesPerSecond;

    // When everything that was granted has passed at the rate; a timestamp.
    private long _freeAt = time.GetTimestamp();

    private sealed class Waiter(int bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Bytes => bytes;
    }

    /// <summary>There is no limit: nothing has to be asked for.</summary>
    public bool IsOff => Volatile.Read(ref _bytesPerSecond) == 0;

    /// <summary>
    /// The limit; 0 for none. May be set at any time. Less than <see cref="LeastBytesPerSecond"/> is not allowed.
    /// </summary>
    public long BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set
        {
            if (value is not 0 and < LeastBytesPerSecond)
                throw new ArgumentOutOfRangeException(nameof(value));
            lock (_lock)
            {
                Volatile.Write(ref _bytesPerSecond, value);
                GrantWhatIsDue();
            }
        }
    }

    /// <summary>How many bytes a transfer should ask for at a time to have so many turns a second when it is alone.</summary>
    public int ShareFor(int turnsPerSecond)
    {
        var limit = BytesPerSecond;
        return limit == 0 ? MaxShare : (int)Math.Clamp(limit / turnsPerSecond, 1, MaxShare);
    }

    /// <summary>Waits for the turn of this transfer.</summary>
    /// <param name="bytes">How many bytes it will send or has received: a <see cref="ShareFor">share</see> at most.</param>
    /// <param name="cancellation">Gives the turn up; nothing is counted then.</param>
    public ValueTask TakeAsync(int bytes, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (IsOff)
                return ValueTask.CompletedTask;
            if (_waiting.Count == 0 && _freeAt <= now)
            {
                Charge(bytes, now);
                return ValueTask.CompletedTask;
            }

            var waiter = new LinkedListNode<Waiter>(new Waiter(bytes));
            _waiting.AddLast(waiter);
            GrantWhatIsDue();
            return new ValueTask(WaitAsync(waiter, cancellation));
        }
    }

    private async Task WaitAsync(LinkedListNode<Waiter> waiter, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(_ => GiveUp(waiter, cancellation), null);
        await waiter.Value.Task;
    }

    private void GiveUp(LinkedListNode<Waiter> waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (waiter.List is not null)
                _waiting.Remove(waiter);
        }

        waiter.Value.TrySetCanceled(cancellation);
    }

    // Called with the lock held.
    private void GrantWhatIsDue()
    {
        var now = time.GetTimestamp();
        _freeAt = Math.Min(_freeAt, now + Ticks(MaxCost));
        while (_waiting.First is { } first && (IsOff || _freeAt <= now))
        {
            _waiting.RemoveFirst();
            Charge(first.Value.Bytes, now);
            first.Value.TrySetResult();
        }

        if (_waiting.Count > 0)
            WaitForTurn(now);
    }

    // A timer counts milliseconds, and rounds down: one more, or it would fire too early and be set again and again.
    private void WaitForTurn(long now)
    {
        _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var wait = Math.Ceiling(time.GetElapsedTime(now, _freeAt).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, wait)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
            GrantWhatIsDue();
    }

    private void Charge(int bytes, long now)
    {
        if (IsOff)
            return;
        var cost = Math.Min((long)(bytes * (double)time.TimestampFrequency / _bytesPerSecond), Ticks(MaxCost));
        _freeAt = Math.Max(_freeAt, now - Ticks(Credit)) + cost;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
