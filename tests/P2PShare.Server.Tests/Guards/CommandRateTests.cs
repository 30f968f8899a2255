using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Guards;

public sealed class CommandRateTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_burst_is_available_at_once_and_then_the_tokens_of_a_second_each_second()
    {
        var rate = new CommandRate(_time);
        Taken(rate).Should().Be(ServerLimits.CommandBurst);

        for (var second = 0; second < 3; second++)
        {
            var refill = rate.RefillAsync(CancellationToken.None).AsTask();
            _time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
            refill.IsCompleted.Should().BeFalse();
            _time.Advance(TimeSpan.FromTicks(1));
            await refill.WaitAsync(TimeSpan.FromSeconds(30));
            Taken(rate).Should().Be(ServerLimits.CommandsPerSecond - 1, "the command that waited has taken a token, too");
        }
    }

    [Fact]
    public async Task After_a_long_pause_one_burst_is_available_and_no_more()
    {
        var rate = new CommandRate(_time);
        Taken(rate);
        _time.Advance(TimeSpan.FromHours(1));

        var refill = rate.RefillAsync(CancellationToken.None);

        refill.IsCompletedSuccessfully.Should().BeTrue();
        await refill;
        Taken(rate).Should().Be(ServerLimits.CommandBurst - 1);
    }

    [Fact]
    public async Task Waiting_ends_when_the_server_stops()
    {
        var rate = new CommandRate(_time);
        using var stop = new CancellationTokenSource();
        Taken(rate);
        var refill = rate.RefillAsync(stop.Token).AsTask();

        await stop.CancelAsync();

        await refill.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    private static int Taken(CommandRate rate)
    {
        var taken = 0;
        while (rate.TryTake())
            taken++;
        return taken;
    }
}
