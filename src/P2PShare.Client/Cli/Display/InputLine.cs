using System.Globalization;
using System.Text;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// Draws the line that the user edits, over as many rows of the terminal as it takes (ECMA-48: CUU, CUF, ED). A line that is longer than
/// the terminal is shown in part, with the cursor in it.
/// </summary>
/// <param name="Prompt">Printable, and shorter than a row.</param>
/// <param name="Text">What was typed; it has no control characters.</param>
/// <param name="Cursor">An index into <paramref name="Text"/>.</param>
internal readonly record struct InputLine(string Prompt, string Text, int Cursor)
{
    private const char Escape = '\x1b';
    private const string Ellipsis = "…";

    /// <summary>Writes the line at the start of a row, and places the cursor in it.</summary>
    public string Draw(int width, int height)
    {
        var (before, after) = Visible(width, height);
        var cursor = PositionAfter(Prompt + before, width);
        var end = PositionAfter(Prompt + before + after, width);
        var text = new StringBuilder(Prompt).Append(before).Append(after);

        // The terminal moves to the next row only with the next character.
        if (end is { Column: 0, Row: > 0 })
            text.Append(" \r");
        if (end.Row > cursor.Row)
            text.Append(CultureInfo.InvariantCulture, $"{Escape}[{end.Row - cursor.Row}A");
        text.Append('\r');
        if (cursor.Column > 0)
            text.Append(CultureInfo.InvariantCulture, $"{Escape}[{cursor.Column}C");
        return text.ToString();
    }

    /// <summary>Erases what <see cref="Draw"/> has written; the cursor is at the start of its first row then.</summary>
    public string Erase(int width, int height)
    {
        var row = PositionAfter(Prompt + Visible(width, height).Before, width).Row;
        return (row > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Escape}[{row}A") : "") + $"\r{Escape}[J";
    }

    // What fits around the cursor, where the whole does not fit on the terminal.
    private (string Before, string After) Visible(int width, int height)
    {
        var (before, after) = (Text[..Cursor], Text[Cursor..]);
        var room = Math.Max(width, width * (height - 1)) - TextTable.WidthOf(Prompt) - 2;
        if (TextTable.WidthOf(Text) <= room)
            return (before, after);
        before = EndOf(before, room / 2);
        return (before, BeginningOf(after, room - TextTable.WidthOf(before)));
    }

    private static string EndOf(string text, int width)
    {
        var start = text.Length;
        foreach (var rune in text.EnumerateRunes().Reverse())
        {
            width -= WidthOf(rune);
            if (width < 1)
                return Ellipsis + text[start..];
            start -= rune.Utf16SequenceLength;
        }

        return text;
    }

    private static string BeginningOf(string text, int width)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width -= WidthOf(rune);
            if (width < 1)
                return text[..end] + Ellipsis;
            end += rune.Utf16SequenceLength;
        }

        return text;
    }

    // A wide character that does not fit into the rest of a row goes to the next one.
    private static (int Row, int Column) PositionAfter(string text, int width)
    {
        var (row, column) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var cells = WidthOf(rune);
            if (column + cells > width)
                (row, column) = (row + 1, 0);
            column += cells;
        }

        return column == width ? (row + 1, 0) : (row, column);
    }

    private static int WidthOf(Rune rune) => TextTable.WidthOf(rune.ToString());
}
