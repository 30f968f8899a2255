using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Tests.Cli.Display;
using P2PShare.Testing.Processes;

namespace P2PShare.Client.Tests.Cli.Input;

public sealed class LineEditorTests
{
    private readonly TestScreen _test = TestScreen.OfTerminal(width: 40);
    private readonly ScriptedKeyboard _keys = new();
    private readonly History _history = new(path: null);
    private Completion _completion = Completion.None;

    private LineEditor Editor => new(_keys, _test.Screen, _history, (_, _) => Task.FromResult(_completion));

    private IReadOnlyList<string> Rows
    {
        get
        {
            var terminal = new VirtualTerminal(40, 24, TextTable.WidthOf);
            terminal.Write(_test.Output);
            return terminal.Rows;
        }
    }

    [Fact]
    public async Task Typed_line_is_returned_and_stays_on_the_terminal()
    {
        _keys.Type("yaz tatili ğü.txt\r");

        (await Editor.ReadLineAsync(default)).Should().Be("yaz tatili ğü.txt");

        Rows.Should().Equal("> yaz tatili ğü.txt");
    }

    public static TheoryData<string, Action<object>> Edits => new()
    {
        { "Xab cd", keys => Keys(keys).Control(ConsoleKey.A).Type("X") },
        { "ab cdX", keys => Keys(keys).Control(ConsoleKey.A, ConsoleKey.E).Type("X") },
        { "ab cXd", keys => Keys(keys).Press(ConsoleKey.LeftArrow).Type("X") },
        { "ab cXd", keys => Keys(keys).Control(ConsoleKey.B).Type("X") },
        { "ab cdX", keys => Keys(keys).Press(ConsoleKey.Home, ConsoleKey.End, ConsoleKey.RightArrow).Type("X") },
        { "ab X", keys => Keys(keys).Control(ConsoleKey.W).Type("X") },
        { "X", keys => Keys(keys).Control(ConsoleKey.U).Type("X") },
        { "X", keys => Keys(keys).Control(ConsoleKey.A, ConsoleKey.K).Type("X") },
        { "b cd", keys => Keys(keys).Control(ConsoleKey.A, ConsoleKey.D) },
        { "b cd", keys => Keys(keys).Press(ConsoleKey.Home, ConsoleKey.Delete) },
        { "ab c", keys => Keys(keys).Press(ConsoleKey.Backspace) },
        { "ab c", keys => Keys(keys).Control(ConsoleKey.H) },
        { "ab Xcd", keys => Keys(keys).Alt(ConsoleKey.B).Type("X") },
        { "abX cd", keys => Keys(keys).Control(ConsoleKey.A).Alt(ConsoleKey.F).Type("X") },
        { " cd", keys => Keys(keys).Control(ConsoleKey.A).Alt(ConsoleKey.D) },
        { "ab ", keys => Keys(keys).Alt(ConsoleKey.Backspace) },
        { "ab cd", keys => Keys(keys).Type("\u0001\u001b") },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Keys_edit_as_readline_does(string expected, Action<object> press)
    {
        _keys.Type("ab cd");
        press(_keys);
        _keys.Type("\r");

        (await Editor.ReadLineAsync(default)).Should().Be(expected);
    }

    [Theory]
    [InlineData("e\u0301")]
    [InlineData("👩‍👧")]
    [InlineData("文")]
    public async Task Backspace_removes_what_is_seen_as_one_character(string character)
    {
        _keys.Type("a" + character).Press(ConsoleKey.Backspace).Type("\r");

        (await Editor.ReadLineAsync(default)).Should().Be("a");
    }

    [Fact]
    public async Task Arrows_go_through_the_history_and_back_to_what_was_typed()
    {
        _history.Add("first");
        _history.Add("second");
        _keys.Type("new").Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow);
        _keys.Type("er\r").Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow).Type("\r");
        var editor = Editor;

        (await editor.ReadLineAsync(default)).Should().Be("newer");
        (await editor.ReadLineAsync(default)).Should().Be("second");
    }

    [Fact]
    public async Task Tab_completes_the_only_candidate()
    {
        _completion = new Completion(4, ["photos/"], ["photos/"]);
        _keys.Type("REQ ph\t\r");

        (await Editor.ReadLineAsync(default)).Should().Be("REQ photos/");
    }

    [Fact]
    public async Task Tab_completes_what_all_candidates_begin_with_and_then_lists_them()
    {
        _completion = new Completion(0, ["photo 1", "photo 2"], ["photo 1", "photo 2"]);
        _keys.Type("ph\t\t2\r");

        (await Editor.ReadLineAsync(default)).Should().Be("photo 2");

        Rows.Should().Equal("photo 1  photo 2", "> photo 2");
    }

    [Fact]
    public async Task Tab_in_a_paste_is_a_space()
    {
        _completion = new Completion(0, ["other"], ["other"]);
        _keys.IsPasting = true;
        _keys.Type("a\tb\r");

        (await Editor.ReadLineAsync(default)).Should().Be("a b");
    }

    [Fact]
    public async Task Notice_leaves_the_typed_text_whole_below_it()
    {
        var pressed = 0;
        _keys.BetweenKeys = () =>
        {
            if (pressed++ == 3)
                _test.Screen.Text("the server is away");
        };
        _keys.Type(new string('a', 60) + "\r");

        (await Editor.ReadLineAsync(default)).Should().HaveLength(60);

        Rows.Should().Equal("the server is away", "> " + new string('a', 38), new string('a', 22));
    }

    [Fact]
    public async Task Ctrl_C_clears_the_line_and_says_so_only_where_there_was_one()
    {
        var pressed = 0;
        LineEditor? editor = null;
        var cleared = new List<bool>();
        _keys.BetweenKeys = () =>
        {
            if (pressed++ == 3)
                cleared.AddRange([editor!.TryClear(), editor.TryClear()]);
        };
        _keys.Type("abcd\r");
        editor = Editor;

        (await editor.ReadLineAsync(default)).Should().Be("d");

        cleared.Should().Equal(true, false);
        Rows.Should().Equal("> abc^C", "> d");
    }

    [Fact]
    public async Task Ctrl_D_ends_the_input_only_in_an_empty_line()
    {
        _keys.Type("a").Control(ConsoleKey.D).Type("\r").Control(ConsoleKey.D);
        var editor = Editor;

        (await editor.ReadLineAsync(default)).Should().Be("a");
        (await editor.ReadLineAsync(default)).Should().BeNull();
        (await editor.ReadLineAsync(default)).Should().BeNull("the terminal is closed");
    }

    private static ScriptedKeyboard Keys(object keys) => (ScriptedKeyboard)keys;
}
