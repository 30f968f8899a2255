using P2PShare.Client.Cli;

namespace P2PShare.Client.Tests.Cli;

public sealed class InterruptsTests
{
    private readonly Interrupts _interrupts = new();

    [Fact]
    public void Where_nothing_runs_there_is_nothing_to_interrupt() => _interrupts.TryInterrupt().Should().BeFalse();

    [Fact]
    public void What_runs_is_cancelled_and_nothing_else()
    {
        using var program = new CancellationTokenSource();
        using var running = _interrupts.Begin(program.Token);

        _interrupts.TryInterrupt().Should().BeTrue();

        running.Token.IsCancellationRequested.Should().BeTrue();
        program.IsCancellationRequested.Should().BeFalse();
        _interrupts.TryInterrupt().Should().BeTrue("a second press, while it is ending, must not end the program");
    }

    [Fact]
    public void What_has_ended_is_not_interrupted()
    {
        var running = _interrupts.Begin(default);
        running.Dispose();

        _interrupts.TryInterrupt().Should().BeFalse();
        running.Invoking(ended => ended.Cancel()).Should().NotThrow("it may end in the very moment of the key");
    }

    [Fact]
    public void The_end_of_an_earlier_one_leaves_a_later_one_interruptible()
    {
        var earlier = _interrupts.Begin(default);
        using var later = _interrupts.Begin(default);
        earlier.Dispose();

        _interrupts.TryInterrupt().Should().BeTrue();
        later.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public void The_end_of_the_program_ends_what_runs()
    {
        using var program = new CancellationTokenSource();
        using var running = _interrupts.Begin(program.Token);

        program.Cancel();

        running.Token.IsCancellationRequested.Should().BeTrue();
    }
}
