namespace P2PShare.Testing;

/// <summary>
/// A clock that only <see cref="Advance"/> moves, so that a test of a ten-second limit takes no time and does not depend on the load
/// of the machine. Due timers fire inside Advance, on its thread, in the order of their due times (equal ones in the order in which
/// they were set); while one fires, the clock shows exactly its due time. A timer due in zero time fires at the next Advance.
/// </summary>
/// <remarks>
/// Before a test advances past a timer of the code under test, that timer must be set: wait for <see cref="ArmedTimers"/>.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(long Due, long Order), ManualTimer> _armed = [];
    private long _now;
    private long _target;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The number of timers that are set to fire. A disposed timer, or one that has fired for the last time, is not.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
                return _armed.Count;
        }
    }

    /// <summary>The time until the next timer fires; null where none is set.</summary>
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

    /// <summary>Moves the clock and fires the timers that become due, periodic ones as often as they become due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);

        // The target is shared, so that two threads which advance at the same time move the clock by the sum of both.
        lock (_gate)
            _target += by.Ticks;
        while (TakeNextDue() is { } timer)
            timer.Fire();
    }

    /// <summary>Moves the clock in steps until the work has ended, and lets other tasks run between the steps.</summary>
    /// <param name="work">The task to wait for. Its exceptions are not thrown here.</param>
    /// <param name="step">Returns the length of the next step.</param>
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

    // The callback runs after the lock is released, because it may set timers or dispose its own.
    private ManualTimer? TakeNextDue()
    {
        lock (_gate)
        {
            var (key, timer) = _armed.FirstOrDefault();
            if (timer is null || key.Due > _target)
            {
                _now = _target;
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
