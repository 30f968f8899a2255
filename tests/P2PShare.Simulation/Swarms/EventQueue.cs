namespace P2PShare.Simulation.Swarms;

/// <summary>What will happen, in the order of time, and the clock that shows the time of what happens now.</summary>
/// <remarks>
/// Most events come after one of a few constant delays, such as the latency. Each such delay has a queue, whose events are in the order
/// of their times by themselves: ten million of them need no heap.
/// </remarks>
internal sealed class EventQueue : TimeProvider
{
    private readonly List<(long Delay, Queue<Event> Events)> _byDelay = [];
    private readonly PriorityQueue<Event, (long Due, long Order)> _others = new();
    private long _now;

    private readonly record struct Event(long Due, long Order, Action<long> Action, long Argument)
    {
        public bool IsBefore(in Event other) => (Due, Order).CompareTo((other.Due, other.Order)) < 0;
    }

    /// <summary>How many events were added.</summary>
    public long Count { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    /// <summary>Adds an event after one of a few constant delays.</summary>
    /// <param name="delay">The delay; each new one adds a queue.</param>
    /// <param name="action">Called with <paramref name="argument"/>.</param>
    /// <param name="argument">Tells one event of an object from another.</param>
    public void AfterConstant(TimeSpan delay, Action<long> action, long argument = 0)
    {
        var next = new Event(_now + delay.Ticks, Count++, action, argument);
        foreach (var (ticks, events) in _byDelay)
        {
            if (ticks == delay.Ticks)
            {
                events.Enqueue(next);
                return;
            }
        }

        _byDelay.Add((delay.Ticks, new Queue<Event>([next])));
    }

    /// <summary>Adds an event after any delay.</summary>
    /// <inheritdoc cref="AfterConstant"/>
    public void After(double seconds, Action<long> action, long argument = 0)
    {
        // Rounded up: what takes this long is over when the event happens.
        var due = _now + (long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond);
        var next = new Event(due, Count++, action, argument);
        _others.Enqueue(next, (due, next.Order));
    }

    /// <summary>Lets the next event happen. False where there is none.</summary>
    public bool TryRunNext()
    {
        Queue<Event>? queue = null;
        var isAny = _others.TryPeek(out var next, out _);
        foreach (var (_, events) in _byDelay)
        {
            if (events.TryPeek(out var first) && (!isAny || first.IsBefore(next)))
                (queue, next, isAny) = (events, first, true);
        }

        if (!isAny)
            return false;
        if (queue is null)
            _others.Dequeue();
        else
            queue.Dequeue();
        _now = next.Due;
        next.Action(next.Argument);
        return true;
    }
}
