namespace P2PShare.Peer.Async;

/// <summary>Wakes everyone who waits for a change. Nobody misses one: who has seen a version waits for what comes after it.</summary>
internal sealed class VersionedEvent
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private long _version;

    public long Version => Interlocked.Read(ref _version);

    public void Raise()
    {
        TaskCompletionSource[] woken;
        lock (_lock)
        {
            _version++;
            if (_waiting.Count == 0)
                return;
            woken = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var waiter in woken)
            waiter.TrySetResult();
    }

    /// <summary>Ends at the first change after <paramref name="version"/>, which may have been already.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    public async Task WaitForChangeAsync(long version, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_version != version)
                return;
            _waiting.Add(waiter);
        }

        await using var registration = cancellation.Register(() => waiter.TrySetCanceled(cancellation));
        await waiter.Task;
    }
}
