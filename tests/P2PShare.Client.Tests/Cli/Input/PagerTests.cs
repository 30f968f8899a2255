using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Tests.Cli.Display;
using P2PShare.Testing.Processes;

namespace P2PShare.Client.Tests.Cli.Input;

public sealed class PagerTests
{
    private readonly TestScreen _test = TestScreen.OfTerminal(width: 40, height: 5);
    private readonly ScriptedKeyboard _keys = new();

    private static IEnumerable<string> Lines => Enumerable.Range(1, 12).Select(line => $"line {line}");

    private IReadOnlyList<string> Rows
    {
        get
        {
            var terminal = new VirtualTerminal(40, 5, TextTable.WidthOf);
            terminal.Write(_test.Output);
            return terminal.Rows;
        }
    }

    [Fact]
    public async Task Space_prints_a_page_enter_a_line_and_q_ends()
    {
        _keys.Press(ConsoleKey.Spacebar, ConsoleKey.Enter, ConsoleKey.X, ConsoleKey.Q, ConsoleKey.Spacebar);

        await new Pager(_test.Screen, _keys).PrintAsync(Lines, default);

        Rows.Should().Equal(Lines.Take(9));
    }

    [Fact]
    public async Task Last_page_ends_without_a_question()
    {
        _keys.Press(ConsoleKey.Spacebar, ConsoleKey.Spacebar);

        await new Pager(_test.Screen, _keys).PrintAsync(Lines, default);

        Rows.Should().Equal(Lines);
    }

    [Fact]
    public async Task Without_a_keyboard_everything_is_printed_at_once()
    {
        await new Pager(_test.Screen, keys: null).PrintAsync(Lines, default);

        _test.OutputLines.Should().Equal(Lines);
    }

    [Fact]
    public async Task Line_longer_than_a_page_is_printed_whole()
    {
        _keys.Press(ConsoleKey.Enter, ConsoleKey.Enter);

        await new Pager(_test.Screen, _keys).PrintAsync(["a", new string('b', 400), "c"], default);

        string.Concat(Rows).Should().Be("a" + new string('b', 400) + "c");
    }
}
