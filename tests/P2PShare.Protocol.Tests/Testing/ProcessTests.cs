using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Protocol.Tests.Testing;

public sealed class ProcessTests
{
    private static readonly TimeSpan NoTime = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_wait_is_not_satisfied_by_a_line_that_an_earlier_wait_has_skipped()
    {
        await using var shell = Shell("echo again; echo other; read line; echo again");

        await shell.WaitForLineAsync("other");
        await FluentActions.Awaiting(() => shell.WaitForLineAsync("again", NoTime)).Should().ThrowAsync<TimeoutException>();
        await shell.SendLineAsync("go on");
        await shell.WaitForLineAsync("again");

        (await shell.WaitForExitAsync()).Should().Be(0);
        shell.Output.Lines.Should().Equal("again", "other", "again");
    }

    [Fact]
    public async Task A_wait_fails_with_the_output_as_soon_as_the_program_ends()
    {
        await using var shell = Shell("echo all is well; echo out of luck >&2; exit 3");

        var failure = await FluentActions.Awaiting(() => shell.WaitForLineAsync("welcome")).Should().ThrowAsync<TimeoutException>();

        failure.Which.Message.Should().ContainAll("ended without a line with 'welcome'", "all is well");
        (await shell.WaitForExitAsync()).Should().Be(3);
        shell.Errors.Lines.Should().Equal("out of luck");
    }

    [Fact]
    public async Task A_last_line_without_a_line_end_is_found_at_the_end_of_the_output_and_its_text_at_once()
    {
        await using var shell = Shell("printf 'name? '; read name; printf \"welcome $name\"");

        await shell.Output.WaitForTextAsync("name? ");
        await shell.SendLineAsync("yiğit");

        (await shell.WaitForLineAsync("welcome")).Should().Be("welcome yiğit");
    }

    [Theory]
    [InlineData(UnixSignal.Interrupt)]
    [InlineData(UnixSignal.Terminate)]
    [InlineData(UnixSignal.Kill)]
    public async Task A_signal_reaches_a_stopped_program(UnixSignal signal)
    {
        await using var shell = Shell("echo ready; exec sleep 60");
        await shell.WaitForLineAsync("ready");

        shell.Signal(UnixSignal.Stop);
        shell.Signal(signal);

        // SIGKILL takes effect at once, after which there may be no process to continue.
        if (signal != UnixSignal.Kill)
            shell.Signal(UnixSignal.Continue);

        (await shell.WaitForExitAsync()).Should().Be(128 + (int)signal);
    }

    [Fact]
    public async Task A_program_in_a_terminal_sees_a_terminal_and_Control_C_interrupts_it()
    {
        await using var shell = Terminal("test -t 0 && test -t 1 && stty size; trap 'echo interrupted; exit 7' INT; echo ready; read line");

        await shell.WaitForLineAsync("40 120");
        await shell.WaitForLineAsync("ready");
        await shell.PressControlCAsync();
        await shell.WaitForLineAsync("interrupted");

        (await shell.WaitForExitAsync()).Should().Be(7);
    }

    [Fact]
    public async Task Keys_arrive_as_typed_and_escape_sequences_are_removed_from_the_screen()
    {
        await using var shell = Terminal(
            @"printf '\033]0;title\007\033[1;31mna\033[0mme? '; read name; echo ""welcome $name""; read rest || echo end");

        await shell.WaitForTextAsync("name? ");
        await shell.SendLineAsync("it's 'yaz tatili ğüşıöç'");
        await shell.WaitForLineAsync("welcome it's 'yaz tatili ğüşıöç'");
        await shell.PressControlDAsync();
        await shell.WaitForLineAsync("end");

        shell.Screen.Text.Should().NotContain("\e").And.NotContain("title");
        shell.Screen.Raw.Should().Contain("\e[1;31m");
    }

    [Fact]
    public async Task Closing_the_window_ends_the_program_in_it()
    {
        using var folder = new TempFolder();
        await using var shell = Terminal($"trap 'echo hung up > {folder.File("seen")}; exit' HUP; echo ready; while :; do sleep 0.1; done");
        await shell.WaitForLineAsync("ready");

        await shell.CloseWindowAsync();

        File.ReadAllText(folder.File("seen")).Should().Be("hung up\n");
    }

    private static ProgramProcess Shell(string script) => ProgramProcess.Start("/bin/sh", ["-c", script]);

    private static TerminalProcess Terminal(string script) => TerminalProcess.Start("/bin/sh", ["-c", script]);
}
