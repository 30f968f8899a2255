using P2PShare.Client.Cli.Display;
using Spectre.Console;

namespace P2PShare.Client.Tests.Cli.Display;

public sealed class ScreenTests
{
    [Fact]
    public void Results_and_errors_go_to_separate_streams_without_a_prompt_in_a_pipe()
    {
        var test = TestScreen.OfPipe();

        test.Screen.ShowPrompt();
        test.Screen.Text("[red]an answer[/] :bomb:");
        test.Screen.Error("code", "an error");
        test.Screen.EndPrompt(byEnter: false);

        test.Output.Should().Be("[red]an answer[/] :bomb:\n");
        test.Errors.Should().Be("an error\n");
    }

    [Fact]
    public void Terminal_without_control_sequences_gets_the_line_and_a_new_prompt()
    {
        var test = TestScreen.OfTerminal(hasAnsi: false);
        test.Screen.ShowPrompt();

        test.Screen.Text("the server is away");

        test.Output.Should().Be("> \r  \rthe server is away" + Environment.NewLine + "> ");
    }

    [Fact]
    public void Line_after_Enter_is_printed_below_the_prompt()
    {
        var test = TestScreen.OfTerminal();
        test.Screen.ShowPrompt();
        test.Screen.EndPrompt(byEnter: true);

        test.Screen.Text("an answer");

        test.Output.Should().Be("> an answer\n");
    }

    [Fact]
    public void Prompt_that_ends_without_Enter_ends_its_line()
    {
        var test = TestScreen.OfTerminal();
        test.Screen.ShowPrompt();

        test.Screen.EndPrompt(byEnter: false);

        test.Output.Should().Be("> \n");
    }

    [Fact]
    public async Task Line_printed_while_something_is_drawn_is_not_taken_for_markup()
    {
        var test = TestScreen.OfTerminal();

        await test.Screen.DrawAsync(async console =>
        {
            await Task.Yield();
            test.Screen.Text("[red]:bomb:[/]");
            console.Profile.Capabilities.Ansi.Should().BeTrue();
        });
        test.Screen.Text("after");

        test.OutputLines.Should().Equal("[red]:bomb:[/]", "after");
    }

    [Fact]
    public async Task Lines_of_concurrent_tasks_do_not_interleave()
    {
        var test = TestScreen.OfPipe();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var line = 0; line < 500; line++)
                test.Screen.Text(new string((char)('a' + writer), 50));
        })));

        test.OutputLines.Should().HaveCount(4000).And.OnlyContain(line => line.Length == 50 && line.Distinct().Count() == 1);
    }

    [Fact]
    public async Task Full_output_is_reported_and_throws_nothing()
    {
        var full = new FullWriter();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(full) });
        var screen = new Screen(full, full, new Lazy<IAnsiConsole>(terminal), isPrompting: true);

        screen.ShowPrompt();
        screen.Text("a");
        screen.Error("code", "b");
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
    public void Untrusted_message_becomes_one_escaped_sentence(string message, string sentence) =>
        Screen.Sentence(message).Should().Be(sentence);

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
