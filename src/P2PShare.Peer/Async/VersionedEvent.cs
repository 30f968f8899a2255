namespace P2PShare.Peer.Async;

/// <summary>
/// Wakes all waiters when something changes. No change is missed: a waiter names the version that it has seen, and waits for a later one.
/// </summary>
internal sealed class VersionedEvent
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private long _version;

    /// <summary>Grows by one with each <see cref="Raise"/>.</summary>
    public long Version => Interlocked.Read(ref _version);

    public void Raise()
    {
        TaskCompletionSource[] woken;
        lock (_lock)
        {
            _version++;
            if (_waiters.Count == 0)
                return;
            woken = [.. _waiters];
            _waiters.Clear();
        }

        foreach (var waiter in woken)
            waiter.TrySetResult();
    }

    /// <summary>Completes at the first change after <paramref name="version"/>: at once where that has already happened.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before a change.</exception>
    public async Task WaitForChangeAsync(long version, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_version != version)
                return;
            _waiters.Add(waiter);
        }

        await using var registration = cancellation.Register(() => Cancel(waiter, cancellation));
        await waiter.Task;
    }

    private void Cancel(TaskCompletionSource waiter, CancellationToken cancellation)
    {
        lock (_lock)
            _waiters.Remove(waiter);
        waiter.TrySetCanceled(cancellation);
    }
}
