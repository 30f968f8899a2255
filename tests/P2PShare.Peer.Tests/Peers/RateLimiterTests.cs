using P2PShare.Peer.Peers;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Peers;

public sealed class RateLimiterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new RateLimiter(_time);

    [Fact]
    public void Without_a_limit_nobody_waits_and_no_timer_is_set()
    {
        _limiter.IsOff.Should().BeTrue();
        for (var turn = 0; turn < 1000; turn++)
            _limiter.TakeAsync(RateLimiter.MaxShare, default).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        _time.ArmedTimers.Should().Be(0);
    }

    [Theory]
    [InlineData(16_384, 1)]
    [InlineData(16_384, 40)]
    [InlineData(100_000, 1)]
    [InlineData(5 * 1024 * 1024, 7)]
    [InlineData(20_000_000, 3)]
    public async Task All_transfers_together_get_the_limit_over_10_s_and_each_of_them_as_much(long limit, int transfers)
    {
        _limiter.BytesPerSecond = limit;
        var sent = new long[transfers];
        using var stop = new CancellationTokenSource();
        var sending = Enumerable.Range(0, transfers).Select(number => SendAsync(number, sent, stop.Token)).ToList();

        await PassAsync(TimeSpan.FromSeconds(10));

        ((double)sent.Sum()).Should().BeInRange(limit * 10 * 0.95, limit * 10 * 1.05);
        (sent.Max() - sent.Min()).Should().BeLessThanOrEqualTo(2 * _limiter.ShareFor(16));
        await StopAsync(stop, sending);
    }

    [Fact]
    public async Task After_an_idle_minute_no_second_brings_more_than_its_own_bytes_and_a_fifth()
    {
        const long Limit = 1_000_000;
        _limiter.BytesPerSecond = Limit;
        _time.Advance(TimeSpan.FromMinutes(1));
        var sent = new long[8];
        using var stop = new CancellationTokenSource();
        var sending = Enumerable.Range(0, sent.Length).Select(number => SendAsync(number, sent, stop.Token)).ToList();

        await PassAsync(TimeSpan.FromSeconds(1));

        sent.Sum().Should().BeLessThan(Limit * 6 / 5);
        await StopAsync(stop, sending);
    }

    [Fact]
    public async Task Timer_that_fires_late_costs_nothing_in_the_long_run()
    {
        const long Limit = 1_000_000;
        _limiter.BytesPerSecond = Limit;
        var sent = new long[1];
        using var stop = new CancellationTokenSource();
        var sending = SendAsync(0, sent, stop.Token);

        await PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(90));

        ((double)sent[0]).Should().BeInRange(Limit * 9.5, Limit * 10.5);
        await StopAsync(stop, [sending]);
    }

    [Theory]
    [InlineData(0, 16_384)]
    [InlineData(16_384, 1_000_000)]
    [InlineData(1_000_000, 16_384)]
    [InlineData(16_384, 0)]
    public async Task Change_takes_effect_within_a_second(long before, long after)
    {
        _limiter.BytesPerSecond = before;
        await _limiter.TakeAsync(_limiter.ShareFor(16), default);
        _limiter.BytesPerSecond = RateLimiter.LeastBytesPerSecond;
        var waiting = _limiter.TakeAsync(RateLimiter.MaxShare, default).AsTask();
        _limiter.BytesPerSecond = after;
        var next = _limiter.TakeAsync(1, default).AsTask();

        await PassAsync(TimeSpan.FromSeconds(after == 0 ? 0 : 1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        await next.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Transfer_that_gives_up_its_turn_does_not_hold_up_the_next()
    {
        _limiter.BytesPerSecond = RateLimiter.LeastBytesPerSecond;
        await _limiter.TakeAsync(64, default);
        using var giveUp = new CancellationTokenSource();
        var first = _limiter.TakeAsync(64, giveUp.Token).AsTask();
        var second = _limiter.TakeAsync(64, default).AsTask();

        await giveUp.CancelAsync();
        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        _time.Advance(TimeSpan.FromMilliseconds(64));

        await second.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Limit_below_the_smallest_is_refused()
    {
        _limiter.Invoking(limiter => limiter.BytesPerSecond = RateLimiter.LeastBytesPerSecond - 1)
            .Should().Throw<ArgumentOutOfRangeException>();
        _limiter.BytesPerSecond = RateLimiter.LeastBytesPerSecond;
        _limiter.IsOff.Should().BeFalse();
        _limiter.BytesPerSecond = 0;
        _limiter.IsOff.Should().BeTrue();
    }

    private async Task SendAsync(int number, long[] sent, CancellationToken stop)
    {
        while (true)
        {
            var share = _limiter.ShareFor(16);
            await _limiter.TakeAsync(share, stop);
            sent[number] += share;
        }
    }

    // The continuations of what was granted run on the thread pool: time goes on when all of them wait again.
    private async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var end = _time.GetTimestamp() + time.Ticks;
        while (_time.GetTimestamp() < end)
        {
            var next = step ?? _time.UntilNextTimer ?? TimeSpan.FromMilliseconds(1);
            _time.Advance(TimeSpan.FromTicks(Math.Min(Math.Max(next.Ticks, 1), end - _time.GetTimestamp())));
            await SettleAsync();
        }
    }

    private static async Task SettleAsync()
    {
        do
            await Task.Yield();
        while (ThreadPool.PendingWorkItemCount > 0);
        await Task.Delay(1);
    }

    private static async Task StopAsync(CancellationTokenSource stop, IEnumerable<Task> sending)
    {
        await stop.CancelAsync();
        foreach (var task in sending)
            await task.Invoking(each => each).Should().ThrowAsync<OperationCanceledException>();
    }
}
