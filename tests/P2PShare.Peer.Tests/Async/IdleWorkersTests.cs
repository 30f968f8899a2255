using System.Threading.Channels;
using P2PShare.Peer.Async;

namespace P2PShare.Peer.Tests.Async;

/// <summary>One worker is woken for each item, and none sleeps while there is an item.</summary>
public sealed class IdleWorkersTests
{
    private readonly IdleWorkers _idle = new();
    private readonly Channel<int> _work = Channel.CreateUnbounded<int>();

    [Fact]
    public async Task Each_call_wakes_one_worker()
    {
        var (first, second) = (WaitAsync(), WaitAsync());

        _idle.WakeOne();
        (await await Task.WhenAny(first, second)).Should().BeTrue();
        (first.IsCompleted && second.IsCompleted).Should().BeFalse();

        _idle.WakeOne();
        (await Task.WhenAll(first, second)).Should().Equal(true, true);
    }

    [Fact]
    public void A_worker_that_has_not_seen_an_item_does_not_sleep()
    {
        _idle.WakeOne();
        _work.Writer.TryWrite(1);

        WaitAsync().IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task The_end_wakes_sleeping_workers_and_keeps_others_from_sleeping()
    {
        var asleep = WaitAsync();

        _idle.End();

        (await asleep).Should().BeFalse();
        (await WaitAsync()).Should().BeFalse();
    }

    private Task<bool> WaitAsync() => _idle.WaitAsync(IdleWorkers.NewSignal(), unless: _work.Reader).AsTask();
}
