namespace P2PShare.Peer.Async;

/// <summary>
/// Wakes all waiters when something changes. No change is missed: a waiter names the version that it has seen, and waits for a later one.
/// </summary>
/// <remarks>
/// All waiters share one source for each version. A wait that is given up stays until the next change, which costs some hundred bytes; a
/// cancellation for each waiter cost an exception for each of the thousands of messages of a swarm.
/// </remarks>
internal sealed class VersionedEvent
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSource();
    private long _version;

    /// <summary>Grows by one with each <see cref="Raise"/>.</summary>
    public long Version => Interlocked.Read(ref _version);

    public void Raise()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _version++;
            changed = _changed;
            _changed = NewSource();
        }

        changed.SetResult();
    }

    /// <summary>Completes at the first change after <paramref name="version"/>: at once where that has already happened.</summary>
    public Task WaitForChange(long version)
    {
        lock (_lock)
            return _version == version ? Background.OnCallersScheduler(_changed.Task) : Task.CompletedTask;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
