using P2PShare.Client.Cli;

namespace P2PShare.Client.Tests.Cli;

public sealed class InterruptsTests
{
    private readonly Interrupts _interrupts = new();

    [Fact]
    public void Interrupt_without_a_running_command_returns_false() => _interrupts.TryInterrupt().Should().BeFalse();

    [Fact]
    public void Interrupt_cancels_the_running_command_and_not_the_program()
    {
        using var program = new CancellationTokenSource();
        using var running = _interrupts.Begin(program.Token);

        _interrupts.TryInterrupt().Should().BeTrue();

        running.Token.IsCancellationRequested.Should().BeTrue();
        program.IsCancellationRequested.Should().BeFalse();
        _interrupts.TryInterrupt().Should().BeTrue("a second press, while it is ending, must not end the program");
    }

    [Fact]
    public void Ended_command_is_not_interrupted()
    {
        var running = _interrupts.Begin(default);
        running.Dispose();

        _interrupts.TryInterrupt().Should().BeFalse();
        running.Invoking(ended => ended.Cancel()).Should().NotThrow("it may end at the same moment");
    }

    [Fact]
    public void End_of_an_earlier_command_leaves_a_later_one_interruptible()
    {
        var earlier = _interrupts.Begin(default);
        using var later = _interrupts.Begin(default);
        earlier.Dispose();

        _interrupts.TryInterrupt().Should().BeTrue();
        later.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public void End_of_the_program_cancels_the_running_command()
    {
        using var program = new CancellationTokenSource();
        using var running = _interrupts.Begin(program.Token);

        program.Cancel();

        running.Token.IsCancellationRequested.Should().BeTrue();
    }
}
