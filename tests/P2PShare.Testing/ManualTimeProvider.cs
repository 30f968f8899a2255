namespace P2PShare.Testing;

/// <summary>
/// A clock that stands still until <see cref="Advance"/> moves it, so that a test of a ten-second limit takes no time and cannot
/// be upset by a busy machine. Due timers fire inside Advance, on its thread, in the order of their due times (equal ones in the
/// order they were set), and while one fires the clock shows exactly its due time. A timer due in zero time fires at the next Advance.
/// </summary>
/// <remarks>
/// Before a test advances past a timer of the code under test, that timer must have been set: wait for <see cref="ArmedTimers"/>.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(long Due, long Order), ManualTimer> _armed = [];
    private long _now;
    private long _goal;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set to fire; a disposed or exhausted one is not.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
                return _armed.Count;
        }
    }

    /// <summary>How far it is to the next timer that is set; null where none is.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_gate)
                return _armed.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, _armed.First().Key.Due - _now));
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return _now;
    }

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, and fires what falls due on the way, periodic timers as often as they fall due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);

        // The goal is shared, so that two threads which advance at once move the clock by the sum of both.
        lock (_gate)
            _goal += by.Ticks;
        while (TakeNextDue() is { } timer)
            timer.Fire();
    }

    /// <summary>Moves the clock step by step, with a moment between for whoever has something to do, until the work has ended.</summary>
    /// <param name="work">What it throws is not thrown here.</param>
    /// <param name="step">How far next.</param>
    public async Task AdvanceUntilEndedAsync(Task work, Func<TimeSpan> step)
    {
        while (await Task.WhenAny(work, Task.Delay(1)) != work)
            Advance(step());
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            Remove(timer);
            timer.Period = period.Ticks;
            if (dueTime >= TimeSpan.Zero)
                Add(timer, _now + dueTime.Ticks);
        }
    }

    internal void Disarm(ManualTimer timer)
    {
        lock (_gate)
            Remove(timer);
    }

    // The callback runs after the lock is released: it may well set timers, or dispose its own.
    private ManualTimer? TakeNextDue()
    {
        lock (_gate)
        {
            var (key, timer) = _armed.FirstOrDefault();
            if (timer is null || key.Due > _goal)
            {
                _now = _goal;
                return null;
            }

            _now = key.Due;
            Remove(timer);
            if (timer.Period > 0)
                Add(timer, key.Due + timer.Period);
            return timer;
        }
    }

    private void Add(ManualTimer timer, long due)
    {
        timer.Key = (due, _order++);
        _armed.Add(timer.Key.Value, timer);
    }

    private void Remove(ManualTimer timer)
    {
        if (timer.Key is { } key)
            _armed.Remove(key);
        timer.Key = null;
    }
}
