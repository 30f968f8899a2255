namespace P2PShare.Testing;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>, whose lock guards the key and the period.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, Action fire) : ITimer
{
    private volatile bool _disposed;

    /// <summary>Its key in the clock's ordered set; null while it is not set.</summary>
    public (long Due, long Order)? Key { get; set; }

    /// <summary>In ticks of 100 ns; 0 or less fires once.</summary>
    public long Period { get; set; }

    public void Fire()
    {
        if (!_disposed)
            fire();
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_disposed)
            return false;
        clock.Arm(this, dueTime, period);
        return true;
    }

    public void Dispose()
    {
        _disposed = true;
        clock.Disarm(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
