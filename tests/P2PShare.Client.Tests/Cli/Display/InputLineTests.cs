using P2PShare.Client.Cli.Display;
using P2PShare.Testing.Processes;

namespace P2PShare.Client.Tests.Cli.Display;

public sealed class InputLineTests
{
    private const int Width = 10;
    private const int Height = 5;
    private readonly VirtualTerminal _terminal = new(Width, Height, TextTable.WidthOf);

    [Theory]
    [InlineData("", 0, 0, 2)]
    [InlineData("abc", 1, 0, 3)]
    [InlineData("abcdefgh", 8, 1, 0)]
    [InlineData("abcdefgh", 7, 0, 9)]
    [InlineData("abcdefghij", 10, 1, 2)]
    [InlineData("abcdefghij", 3, 0, 5)]
    [InlineData("文文文文文", 5, 1, 2)]
    [InlineData("a文文文文文", 4, 0, 9)]
    [InlineData("a文文文文文", 5, 1, 2)]
    [InlineData("e\u0301e\u0301", 2, 0, 3)]
    [InlineData("👩👩👩👩👩", 8, 1, 0)]
    public void Cursor_stands_where_the_terminal_has_put_the_text(string text, int cursor, int row, int column)
    {
        _terminal.Write(new InputLine("> ", text, cursor).Draw(Width, Height));

        (_terminal.Row, _terminal.Column).Should().Be((row, column));
        string.Concat(_terminal.Rows.Select((line, index) => index == 0 ? line : line)).Replace(" ", "", StringComparison.Ordinal)
            .Should().Be(">" + text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("abcdefgh")]
    [InlineData("abcdefghijklmnopqrs")]
    [InlineData("a文文文文文文文文")]
    public void Erased_line_leaves_nothing_wherever_the_cursor_was(string text)
    {
        for (var cursor = 0; cursor <= text.Length; cursor++)
        {
            var terminal = new VirtualTerminal(Width, Height, TextTable.WidthOf);
            terminal.Write("before\r\n");
            var line = new InputLine("> ", text, cursor);

            terminal.Write(line.Draw(Width, Height));
            terminal.Write(line.Erase(Width, Height));

            terminal.Rows.Should().Equal("before");
            (terminal.Row, terminal.Column).Should().Be((1, 0));
        }
    }

    [Fact]
    public void Line_longer_than_the_terminal_is_shown_around_the_cursor_and_can_be_erased()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(index => (char)('a' + index % 26)));
        for (var cursor = 0; cursor <= text.Length; cursor += 7)
        {
            var terminal = new VirtualTerminal(Width, Height, TextTable.WidthOf);
            terminal.Write("before\r\n");
            var line = new InputLine("> ", text, cursor);

            terminal.Write(line.Draw(Width, Height));

            terminal.Rows.Skip(1).Should().HaveCountLessThanOrEqualTo(Height);
            if (cursor > 0)
                string.Concat(terminal.Rows).Should().Contain(text[cursor - 1].ToString());
            terminal.Write(line.Erase(Width, Height));
            terminal.Rows.Should().Equal("before");
        }
    }
}
