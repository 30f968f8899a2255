using System.Net;
using P2PShare.Peer.Async;
using P2PShare.Protocol;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Limits the concurrent uploads, with fair queueing. A requester that watches gets a slot when fewer than <see cref="UploadCapacity"/>
/// of its kind are served, and otherwise waits to be unchoked: mostly those that give first, and of equals those that were given the
/// fewest slots. All others share the rest: a free slot goes to the waiting requester that holds the fewest slots, and among equals to the
/// one that came first. A requester with a hundred connections gets no more than one with a single connection, and the bound per requester
/// leaves slots free for others even before they come.
/// </summary>
/// <param name="count">All slots.</param>
/// <param name="maxPerRequester">Slots that one requester may hold.</param>
/// <param name="timeout">How long a GET waits.</param>
/// <param name="time">The clock of the waits.</param>
internal sealed class UploadSlots(int count, int maxPerRequester, TimeSpan timeout, TimeProvider time)
{
    // Every fourth slot goes to those that only say that they give: a newcomer has nothing yet that it could give.
    private const int GrantsPerNewcomer = 4;

    // Every tenth slot goes to those that only take, so that they get something. Others lose at most a tenth by it, and those that give
    // less, because every second of these slots would have been a newcomer's.
    private const int GrantsPerTaker = 10;
    private const int TakersGrant = 8;

    // Longer than the period in which a requester that waits asks: an answer to WATCH may take so long, and then the next one comes.
    private static readonly TimeSpan Recent = Limits.WatchPatience + TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _heldByAddress = [];
    private readonly LinkedList<Waiter> _queue = [];
    private readonly LinkedList<Waiter> _watching = [];
    private readonly UploadCapacity _capacity = new(count, time);

    // The requesters that watch and have asked of late, in the order in which they did.
    private readonly LinkedList<Requester> _asking = [];
    private int _free = count;
    private int _heldByWatching;
    private int _grantsToWatching;

    // What the requester that was served last had been granted: whoever begins to wait begins there, so that it takes its turn and
    // does not catch up with what others were granted before it came (start-time fair queueing).
    private int _latestGrants;

    private sealed class Waiter(Requester requester) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Requester Requester { get; } = requester;
    }

    /// <summary>So many slots, half of them for one requester at most.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="time">The clock of the waits.</param>
    public static UploadSlots Of(int count, TimeProvider time) =>
        new(count, Math.Max(1, count / 2), UploadLimits.SlotPatience, time);

    /// <summary>The number in BUSY: after how many seconds a requester should ask again.</summary>
    public int BusySeconds { get; } = (int)timeout.TotalSeconds;

    /// <summary>
    /// Takes a slot if one is free and this requester holds fewer than its share, or if one is reserved for it. The caller has to
    /// <see cref="Release"/> it.
    /// </summary>
    public bool TryAcquire(Requester requester)
    {
        lock (_lock)
        {
            if (requester.HasReservation)
            {
                requester.HasReservation = false;
                return true;
            }

            NoteAsked(requester);
            if (!HasFreeSlotFor(requester) || (requester.IsWatching && IsContendedLocked))
                return false;
            Grant(requester);
            return true;
        }
    }

    /// <summary>Takes a slot, or waits for one. False after the timeout; else the caller has to <see cref="Release"/> it.</summary>
    public ValueTask<bool> TryAcquireAsync(Requester requester, CancellationToken cancellation) =>
        TryAcquire(requester) ? ValueTask.FromResult(true) : WaitWithTimeoutAsync(requester, cancellation);

    /// <summary>Takes a slot, and waits for it without a timeout: a plain requester cannot be told to come back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; no slot is held.</exception>
    public async Task AcquireAsync(Requester requester, CancellationToken cancellation)
    {
        if (TryAcquire(requester))
            return;
        await WaitAsync(requester, cancellation);
    }

    /// <summary>
    /// Completes when a slot is reserved for the next GET of a requester that watches. The caller ends the wait by
    /// <see cref="StopWaiting"/>, and has to <see cref="Release"/> a slot that was reserved, or to <see cref="Withdraw"/> it.
    /// </summary>
    public Task ReserveAsync(Requester requester)
    {
        lock (_lock)
        {
            if (requester.HasReservation)
                return Task.CompletedTask;
            NoteAsked(requester);
            _capacity.Note(0, IsContendedLocked);
            requester.Grants = Math.Max(requester.Grants, _latestGrants);
            var waiter = new Waiter(requester);
            _watching.AddLast(waiter);
            GrantFreeSlots();
            return waiter.Task.IsCompleted ? waiter.Task : Background.OnCallersScheduler(waiter.Task);
        }
    }

    /// <summary>The requester waits no longer. A slot may have been reserved for it all the same.</summary>
    public void StopWaiting(Requester requester)
    {
        lock (_lock)
        {
            for (var node = _watching.First; node is not null; node = node.Next)
            {
                if (node.Value.Requester != requester)
                    continue;
                _watching.Remove(node);
                return;
            }
        }
    }

    /// <summary>
    /// Requesters that watch wait, or more of them have asked of late than are served at once: each is given one GET at a time.
    /// </summary>
    public bool IsContended
    {
        get
        {
            lock (_lock)
                return IsContendedLocked;
        }
    }

    private bool IsContendedLocked
    {
        get
        {
            while (_asking.First is { } oldest && time.GetElapsedTime(oldest.Value.AskedAt) > Recent)
                _asking.RemoveFirst();
            return _watching.Count > 0 || _asking.Count > _capacity.Current;
        }
    }

    /// <summary>Returns a slot.</summary>
    /// <param name="requester">Who holds it.</param>
    /// <param name="sent">Bytes of content that it was sent.</param>
    public void Release(Requester requester, long sent = 0)
    {
        lock (_lock)
        {
            _free++;
            if (requester.IsWatching)
            {
                _heldByWatching--;
                _capacity.Note(sent, IsContendedLocked);
            }

            if (--_heldByAddress[requester.Key] == 0)
                _heldByAddress.Remove(requester.Key);
            GrantFreeSlots();
        }
    }

    /// <summary>Returns the slot that is reserved for the requester, if there is one: it will not use it.</summary>
    public void Withdraw(Requester requester)
    {
        lock (_lock)
        {
            if (!requester.HasReservation)
                return;
            requester.HasReservation = false;
            Release(requester);
        }
    }

    /// <summary>The requester has left.</summary>
    public void Forget(Requester requester)
    {
        lock (_lock)
        {
            Withdraw(requester);
            _asking.Remove(requester);
        }
    }

    private void NoteAsked(Requester requester)
    {
        if (!requester.IsWatching)
            return;
        if (_asking.Last?.Value != requester)
        {
            _asking.Remove(requester);
            _asking.AddLast(requester);
        }

        requester.AskedAt = time.GetTimestamp();
    }

    private async Task WaitAsync(Requester requester, CancellationToken cancellation)
    {
        var waiter = new Waiter(requester);
        lock (_lock)
        {
            _queue.AddLast(waiter);
            GrantFreeSlots();
        }

        await using var registration = cancellation.Register(() => CancelWait(waiter));
        await waiter.Task;
    }

    private async ValueTask<bool> WaitWithTimeoutAsync(Requester requester, CancellationToken cancellation)
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
        while (NextInFairOrder() is { } next)
        {
            _queue.Remove(next);
            Grant(next.Requester);
            next.SetResult();
        }

        while (NextThatWatches() is { } next)
        {
            _watching.Remove(next);
            Grant(next.Requester);
            (next.Requester.HasReservation, next.Requester.ReservedAt) = (true, time.GetTimestamp());
            _latestGrants = next.Requester.Grants++;
            _grantsToWatching++;
            next.SetResult();
        }
    }

    private Waiter? NextInFairOrder()
    {
        Waiter? next = null;
        foreach (var waiter in _queue)
        {
            if (HasFreeSlotFor(waiter.Requester)
                && (next is null || CountHeldBy(waiter.Requester.Key) < CountHeldBy(next.Requester.Key)))
                next = waiter;
        }

        return next;
    }

    private Waiter? NextThatWatches()
    {
        Waiter? next = null;
        foreach (var waiter in _watching)
        {
            if (HasFreeSlotFor(waiter.Requester) && (next is null || RankOf(waiter.Requester).CompareTo(RankOf(next.Requester)) < 0))
                next = waiter;
        }

        return next;
    }

    // The lowest is served first.
    private (int Order, int Grants) RankOf(Requester requester)
    {
        if (_grantsToWatching % GrantsPerTaker == TakersGrant && requester.Standing == Standing.Takes)
            return (-1, requester.Grants);
        var isNewcomersTurn = _grantsToWatching % GrantsPerNewcomer == 0;
        var standing = isNewcomersTurn && requester.Standing == Standing.Gives ? Standing.Serves : requester.Standing;
        return ((int)standing, requester.Grants);
    }

    private bool HasFreeSlotFor(Requester requester) =>
        _free > 0
        && CountHeldBy(requester.Key) < maxPerRequester
        && (!requester.IsWatching || _heldByWatching < _capacity.Current);

    private int CountHeldBy(IPAddress key) => _heldByAddress.GetValueOrDefault(key);

    private void Grant(Requester requester)
    {
        _free--;
        if (requester.IsWatching)
            _heldByWatching++;
        _heldByAddress[requester.Key] = CountHeldBy(requester.Key) + 1;
    }
}
