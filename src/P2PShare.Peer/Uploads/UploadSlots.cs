using System.Net;
using P2PShare.Networking;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// How many uploads run at once, and whose turn is next. A slot that comes free goes to the requester who holds the fewest, and among
/// those to who came first, so that one with a hundred connections gets no more than one with a single one, and has to leave room
/// for others even when nobody else is there yet.
/// </summary>
/// <param name="count">Slots.</param>
/// <param name="mostEach">Slots that one requester may hold.</param>
/// <param name="patience">How long a GET waits.</param>
/// <param name="time">The clock of the waiting.</param>
internal sealed class UploadSlots(int count, int mostEach, TimeSpan patience, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _held = [];
    private readonly LinkedList<Waiter> _waiting = [];
    private int _free = count;

    private sealed class Waiter(IPAddress key) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IPAddress Key { get; } = key;
    }

    /// <summary>What to say to a requester who waited in vain.</summary>
    public int BusySeconds { get; } = (int)patience.TotalSeconds;

    /// <summary>False where none came free in time; else the caller calls <see cref="Return"/>.</summary>
    public ValueTask<bool> TryTakeAsync(IPAddress requester, CancellationToken cancellation) =>
        TryTakeAtOnce(requester) ? ValueTask.FromResult(true) : WaitAsync(requester, cancellation);

    private async ValueTask<bool> WaitAsync(IPAddress requester, CancellationToken cancellation)
    {
        using var tooLong = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellation);
        try
        {
            await TakeAsync(requester, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits as long as it takes, for a plain requester, who cannot be told to come back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; no slot is held.</exception>
    public async Task TakeAsync(IPAddress requester, CancellationToken cancellation)
    {
        if (TryTakeAtOnce(requester))
            return;
        var waiter = new Waiter(RateLimitKey.Of(requester));
        lock (_lock)
        {
            _waiting.AddLast(waiter);
            ServeWaiting();
        }

        await using var registration = cancellation.Register(() => GiveUp(waiter));
        await waiter.Task;
    }

    public void Return(IPAddress requester)
    {
        var key = RateLimitKey.Of(requester);
        lock (_lock)
        {
            _free++;
            if (--_held[key] == 0)
                _held.Remove(key);
            ServeWaiting();
        }
    }

    /// <summary>False where none is free now, or this requester holds its share; else the caller calls <see cref="Return"/>.</summary>
    public bool TryTakeAtOnce(IPAddress requester)
    {
        var key = RateLimitKey.Of(requester);
        lock (_lock)
        {
            if (_free == 0 || Held(key) >= mostEach)
                return false;
            Give(key);
            return true;
        }
    }

    // Who was served in this very moment has its slot, and its caller is to give it back.
    private void GiveUp(Waiter waiter)
    {
        bool isWaiting;
        lock (_lock)
            isWaiting = _waiting.Remove(waiter);
        if (isWaiting)
            waiter.SetCanceled();
    }

    private void ServeWaiting()
    {
        while (_free > 0 && Next() is { } next)
        {
            _waiting.Remove(next);
            Give(next.Key);
            next.SetResult();
        }
    }

    private Waiter? Next()
    {
        Waiter? next = null;
        foreach (var waiter in _waiting)
        {
            if (Held(waiter.Key) < (next is null ? mostEach : Held(next.Key)))
                next = waiter;
        }

        return next;
    }

    private int Held(IPAddress key) => _held.GetValueOrDefault(key);

    private void Give(IPAddress key)
    {
        _free--;
        _held[key] = Held(key) + 1;
    }
}
