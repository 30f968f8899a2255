using System.Net;
using P2PShare.Networking;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Limits the concurrent uploads, with fair queueing by requester: a free slot goes to the waiting requester that holds the fewest slots,
/// and among equals to the one that came first. A requester with a hundred connections gets no more than one with a single connection,
/// and the bound per requester leaves slots free for others even before they come.
/// </summary>
/// <param name="count">All slots.</param>
/// <param name="maxPerRequester">Slots that one requester may hold.</param>
/// <param name="timeout">How long a GET waits.</param>
/// <param name="time">The clock of the waits.</param>
internal sealed class UploadSlots(int count, int maxPerRequester, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _heldByRequester = [];
    private readonly LinkedList<Waiter> _queue = [];
    private int _free = count;

    private sealed class Waiter(IPAddress key) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IPAddress Key { get; } = key;
    }

    /// <summary>The number in BUSY: after how many seconds a requester should ask again.</summary>
    public int BusySeconds { get; } = (int)timeout.TotalSeconds;

    /// <summary>
    /// Takes a slot if one is free and this requester holds fewer than its share. The caller has to <see cref="Release"/> it.
    /// </summary>
    public bool TryAcquire(IPAddress requester)
    {
        var key = RateLimitKey.Of(requester);
        lock (_lock)
        {
            if (_free == 0 || CountHeldBy(key) >= maxPerRequester)
                return false;
            Grant(key);
            return true;
        }
    }

    /// <summary>Takes a slot, or waits for one. False after the timeout; else the caller has to <see cref="Release"/> it.</summary>
    public ValueTask<bool> TryAcquireAsync(IPAddress requester, CancellationToken cancellation) =>
        TryAcquire(requester) ? ValueTask.FromResult(true) : WaitWithTimeoutAsync(requester, cancellation);

    /// <summary>Takes a slot, and waits for it without a timeout: a plain requester cannot be told to come back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; no slot is held.</exception>
    public async Task AcquireAsync(IPAddress requester, CancellationToken cancellation)
    {
        if (TryAcquire(requester))
            return;
        var waiter = new Waiter(RateLimitKey.Of(requester));
        lock (_lock)
        {
            _queue.AddLast(waiter);
            GrantFreeSlots();
        }

        await using var registration = cancellation.Register(() => CancelWait(waiter));
        await waiter.Task;
    }

    /// <summary>Returns a slot that this requester holds.</summary>
    public void Release(IPAddress requester)
    {
        var key = RateLimitKey.Of(requester);
        lock (_lock)
        {
            _free++;
            if (--_heldByRequester[key] == 0)
                _heldByRequester.Remove(key);
            GrantFreeSlots();
        }
    }

    private async ValueTask<bool> WaitWithTimeoutAsync(IPAddress requester, CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellation);
        try
        {
            await AcquireAsync(requester, linked.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // A waiter that has left the queue was granted a slot just now: it keeps the slot, and its caller releases it.
    private void CancelWait(Waiter waiter)
    {
        bool isWaiting;
        lock (_lock)
            isWaiting = _queue.Remove(waiter);
        if (isWaiting)
            waiter.SetCanceled();
    }

    private void GrantFreeSlots()
    {
        while (_free > 0 && NextInFairOrder() is { } next)
        {
            _queue.Remove(next);
            Grant(next.Key);
            next.SetResult();
        }
    }

    private Waiter? NextInFairOrder()
    {
        Waiter? next = null;
        foreach (var waiter in _queue)
        {
            if (CountHeldBy(waiter.Key) < (next is null ? maxPerRequester : CountHeldBy(next.Key)))
                next = waiter;
        }

        return next;
    }

    private int CountHeldBy(IPAddress key) => _heldByRequester.GetValueOrDefault(key);

    private void Grant(IPAddress key)
    {
        _free--;
        _heldByRequester[key] = CountHeldBy(key) + 1;
    }
}
