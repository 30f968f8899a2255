using System.Threading.Channels;
using P2PShare.Peer.Downloads.Swarm;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>One worker is woken for each thing that comes, and none sleeps while there is something.</summary>
public sealed class IdleWorkersTests
{
    private readonly IdleWorkers _idle = new();
    private readonly Channel<int> _work = Channel.CreateUnbounded<int>();

    [Fact]
    public async Task Each_call_wakes_one()
    {
        var (first, second) = (WaitAsync(), WaitAsync());

        _idle.WakeOne();
        (await await Task.WhenAny(first, second)).Should().BeTrue();
        (first.IsCompleted && second.IsCompleted).Should().BeFalse();

        _idle.WakeOne();
        (await Task.WhenAll(first, second)).Should().Equal(true, true);
    }

    [Fact]
    public void Who_has_not_seen_what_came_does_not_sleep()
    {
        _idle.WakeOne();
        _work.Writer.TryWrite(1);

        WaitAsync().IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task The_end_is_told_to_those_who_sleep_and_to_those_who_would()
    {
        var asleep = WaitAsync();

        _idle.End();

        (await asleep).Should().BeFalse();
        (await WaitAsync()).Should().BeFalse();
    }

    private Task<bool> WaitAsync() => _idle.WaitAsync(IdleWorkers.NewBell(), unless: _work.Reader).AsTask();
}
