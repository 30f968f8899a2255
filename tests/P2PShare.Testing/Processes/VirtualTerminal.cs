using System.Globalization;
using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// The cells of a terminal, after the control sequences that the screen uses (ECMA-48: CUU, CUD, CUF, CUP, ED, EL) and deferred
/// wrapping, as xterm does it. It scrolls. Other sequences (colours, modes, the cursor's shape) do nothing.
/// </summary>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="widthOf">The columns that a character takes: 0, 1 or 2.</param>
public sealed class VirtualTerminal(int width, int height, Func<string, int> widthOf)
{
    // A wide character is followed by an empty cell.
    private readonly List<string[]> _rows = [NewRow(width)];
    private int _top;

    /// <summary>The row of the cursor; those that scrolled out count.</summary>
    public int Row { get; private set; }

    /// <summary>The column of the cursor.</summary>
    public int Column { get; private set; }

    /// <summary>The rows, those that scrolled out included, without trailing spaces and empty rows.</summary>
    public IReadOnlyList<string> Rows =>
        [.. _rows.Select(row => string.Concat(row).TrimEnd()).Reverse().SkipWhile(row => row.Length == 0).Reverse()];

    /// <summary>Prints text and obeys its control sequences. An incomplete sequence at the end is ignored.</summary>
    public void Write(string text)
    {
        for (var index = 0; index < text.Length;)
        {
            if (text[index] == '\x1b')
            {
                var end = index + 2;
                if (index + 1 < text.Length && text[index + 1] == '[')
                {
                    while (end < text.Length && text[end] is < '@' or > '~')
                        end++;
                    if (end < text.Length)
                        Control(text[end++], text[(index + 2)..(end - 1)]);
                }

                index = end;
                continue;
            }

            var rune = Rune.GetRuneAt(text, index);
            Print(rune);
            index += rune.Utf16SequenceLength;
        }
    }

    private void Control(char command, string parameter)
    {
        if (!int.TryParse(parameter, CultureInfo.InvariantCulture, out var count))
            count = 1;
        switch (command)
        {
            case 'A': Row = Math.Max(_top, Row - count); break;
            case 'B': MoveDown(count); break;
            case 'C': Column = Math.Min(width - 1, Column + count); break;
            case 'H': (Row, Column) = (_top, 0); break;
            case 'K': EraseInRow(parameter); break;
            case 'J': Erase(all: parameter == "2"); break;
            default: break;
        }

        Column = Math.Min(Column, width - 1);
    }

    private void Erase(bool all)
    {
        for (var row = all ? _top : Row; row < _rows.Count; row++)
        {
            for (var column = row == Row && !all ? Column : 0; column < width; column++)
                _rows[row][column] = " ";
        }
    }

    private void EraseInRow(string parameter)
    {
        var start = parameter is "1" or "2" ? 0 : Column;
        var end = parameter == "1" ? Math.Min(width, Column + 1) : width;
        for (var column = start; column < end; column++)
            _rows[Row][column] = " ";
    }

    private void MoveDown(int count)
    {
        var column = Column;
        for (; count > 0 && Row < _top + height - 1; count--)
            LineFeed();
        Column = column;
    }

    private void Print(Rune rune)
    {
        if (rune.Value == '\r')
        {
            Column = 0;
        }
        else if (rune.Value == '\n')
        {
            // A terminal's line discipline makes CR LF of it.
            Column = 0;
            LineFeed();
        }
        else
        {
            var cells = widthOf(rune.ToString());
            if (cells == 0)
            {
                _rows[Row][Math.Max(0, Column - 1)] += rune.ToString();
                return;
            }

            if (Column + cells > width)
            {
                Column = 0;
                LineFeed();
            }

            _rows[Row][Column] = rune.ToString();
            if (cells == 2)
                _rows[Row][Column + 1] = "";
            Column += cells;
        }
    }

    private void LineFeed()
    {
        Row++;
        if (Row == _rows.Count)
            _rows.Add(NewRow(width));
        _top = Math.Max(_top, Row - height + 1);
    }

    private static string[] NewRow(int width) => [.. Enumerable.Repeat(" ", width)];
}
