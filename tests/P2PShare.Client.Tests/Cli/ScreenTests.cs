using P2PShare.Client.Cli;
using Spectre.Console;

namespace P2PShare.Client.Tests.Cli;

public sealed class ScreenTests
{
    [Fact]
    public void In_a_pipe_answers_and_errors_are_plain_lines_of_two_streams_and_nobody_is_prompted()
    {
        var test = TestScreen.OfPipe();

        test.Screen.ShowPrompt();
        test.Screen.Say("[red]an answer[/] :bomb:");
        test.Screen.Complain("an error");
        test.Screen.EndPrompt(byEnter: false);

        test.Output.Should().Be("[red]an answer[/] :bomb:\n");
        test.Errors.Should().Be("an error\n");
    }

    [Fact]
    public void A_line_that_comes_while_somebody_types_is_put_above_what_is_typed()
    {
        var test = TestScreen.OfTerminal();
        test.Screen.ShowPrompt();

        test.Screen.Say("the server is away");

        test.Output.Should().Be("> \u001bD\u001b[1A\u001b7\r\u001b[1Lthe server is away\u001b8\u001b[1B");
    }

    [Theory]
    [InlineData("ab", 1)]
    [InlineData("0123456789", 1)]
    [InlineData("0123456789a", 2)]
    [InlineData("文文文文文文", 2)]
    [InlineData("a\nb", 2)]
    [InlineData("", 1)]
    public void As_many_rows_are_made_for_it_as_it_takes(string line, int rows)
    {
        var test = TestScreen.OfTerminal(width: 10);
        test.Screen.ShowPrompt();

        test.Screen.Complain(line);

        test.Output.Should().Contain($"\u001b[{rows}L").And.EndWith($"\u001b8\u001b[{rows}B");
    }

    [Fact]
    public void A_terminal_that_cannot_do_that_gets_the_line_and_a_new_prompt()
    {
        var test = TestScreen.OfTerminal(hasAnsi: false);
        test.Screen.ShowPrompt();

        test.Screen.Say("the server is away");

        test.Output.Should().Be("> \r  \rthe server is away" + Environment.NewLine + "> ");
    }

    [Fact]
    public void After_Enter_lines_come_below()
    {
        var test = TestScreen.OfTerminal();
        test.Screen.ShowPrompt();
        test.Screen.EndPrompt(byEnter: true);

        test.Screen.Say("an answer");

        test.Output.Should().Be("> an answer\n");
    }

    [Fact]
    public void A_prompt_that_is_left_without_Enter_leaves_the_line_to_the_shell()
    {
        var test = TestScreen.OfTerminal();
        test.Screen.ShowPrompt();

        test.Screen.EndPrompt(byEnter: false);

        test.Output.Should().Be("> \n");
    }

    [Fact]
    public async Task While_something_is_drawn_lines_go_above_it_as_they_are()
    {
        var test = TestScreen.OfTerminal();

        await test.Screen.DrawAsync(async console =>
        {
            await Task.Yield();
            test.Screen.Say("[red]:bomb:[/]");
            console.Profile.Capabilities.Ansi.Should().BeTrue();
        });
        test.Screen.Say("after");

        test.OutputLines.Should().Equal("[red]:bomb:[/]", "after");
    }

    [Fact]
    public async Task Lines_of_many_tasks_come_out_whole()
    {
        var test = TestScreen.OfPipe();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var line = 0; line < 500; line++)
                test.Screen.Say(new string((char)('a' + writer), 50));
        })));

        test.OutputLines.Should().HaveCount(4000).And.OnlyContain(line => line.Length == 50 && line.Distinct().Count() == 1);
    }

    [Fact]
    public async Task An_output_that_takes_nothing_any_more_is_noticed_and_breaks_nothing()
    {
        var full = new FullWriter();
        var screen = new Screen(full, full, new Lazy<IAnsiConsole>(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(full) })), isPrompting: true);

        screen.ShowPrompt();
        screen.Say("a");
        screen.Complain("b");
        screen.EndPrompt(byEnter: false);
        await screen.DrawAsync(console =>
        {
            console.Write(new Spectre.Console.Text("c"));
            return Task.CompletedTask;
        });

        screen.HasLostOutput.Should().BeTrue();
    }

    [Theory]
    [InlineData("No space left on device", "No space left on device.")]
    [InlineData("The path is denied.", "The path is denied.")]
    [InlineData("wait ... ", "wait.")]
    [InlineData("\u001b[31mno", "\\u{1b}[31mno.")]
    public void A_message_of_others_becomes_one_harmless_sentence(string message, string sentence) =>
        Screen.Sentence(message).Should().Be(sentence);

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
