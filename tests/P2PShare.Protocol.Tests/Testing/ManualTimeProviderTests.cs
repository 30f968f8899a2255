using P2PShare.Testing;

namespace P2PShare.Protocol.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_each_at_its_own_time()
    {
        var start = _clock.GetTimestamp();
        Set("late", after: 3);
        Set("first of two", after: 2);
        Set("second of two", after: 2);
        Set("early", after: 1);
        Set("not yet", after: 5);

        _clock.Advance(Seconds(4));

        _fired.Should().Equal("early at 1", "first of two at 2", "second of two at 2", "late at 3");
        _clock.GetElapsedTime(start).Should().Be(Seconds(4));
    }

    [Fact]
    public void A_periodic_timer_fires_as_often_as_it_becomes_due()
    {
        Set("tick", after: 1, every: 2);

        _clock.Advance(Seconds(6));

        _fired.Should().Equal("tick at 1", "tick at 3", "tick at 5");
    }

    [Fact]
    public void A_timer_set_by_a_callback_fires_in_the_same_advance_if_it_becomes_due()
    {
        _clock.CreateTimer(_ => Set("inner", after: 1), null, Seconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(Seconds(2));

        _fired.Should().Equal("inner at 2");
    }

    [Fact]
    public void A_disposed_or_disarmed_timer_does_not_fire()
    {
        Set("disposed", after: 1).Dispose();
        Set("disarmed", after: 1).Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _clock.ArmedTimers.Should().Be(0);
        _clock.Advance(Seconds(2));

        _fired.Should().BeEmpty();
    }

    [Fact]
    public void A_changed_timer_counts_from_the_time_of_the_change()
    {
        var timer = Set("moved", after: 2);
        _clock.Advance(Seconds(1));
        timer.Change(Seconds(2), Timeout.InfiniteTimeSpan);

        _clock.Advance(Seconds(1));
        _fired.Should().BeEmpty();
        _clock.Advance(Seconds(1));
        _fired.Should().Equal("moved at 3");
    }

    [Fact]
    public async Task Delays_and_deadlines_of_the_framework_use_the_clock()
    {
        using var deadline = new CancellationTokenSource(Seconds(10), _clock);
        var delay = Task.Delay(Seconds(10), _clock);
        var before = _clock.GetUtcNow();

        _clock.Advance(Seconds(10) - TimeSpan.FromTicks(1));
        delay.IsCompleted.Should().BeFalse();
        deadline.IsCancellationRequested.Should().BeFalse();

        _clock.Advance(TimeSpan.FromTicks(1));
        await delay;
        deadline.IsCancellationRequested.Should().BeTrue();
        (_clock.GetUtcNow() - before).Should().Be(Seconds(10));
    }

    [Fact]
    public async Task Concurrent_advances_lose_no_time_and_no_timer()
    {
        var start = _clock.GetTimestamp();
        var ticks = 0;
        using var timer = _clock.CreateTimer(_ => Interlocked.Increment(ref ticks), null, Seconds(1), Seconds(1));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => _clock.Advance(Seconds(1)))));

        _clock.GetElapsedTime(start).Should().Be(Seconds(100));
        ticks.Should().Be(100);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private ITimer Set(string name, double after, double? every = null)
    {
        var start = new ManualTimeProvider().GetUtcNow();
        return _clock.CreateTimer(
            _ => _fired.Add($"{name} at {(_clock.GetUtcNow() - start).TotalSeconds}"),
            null,
            Seconds(after),
            every is { } period ? Seconds(period) : Timeout.InfiniteTimeSpan);
    }
}
