using Spectre.Console.Rendering;

namespace P2PShare.Client.Cli.Display;

/// <summary>A table as lines of text. Each column is as wide as its widest cell, measured in columns of a terminal.</summary>
internal static class TextTable
{
    /// <summary>The widest that a column gets. A wider cell shifts only the rest of its own row.</summary>
    public const int MaxColumnWidth = 48;

    private const int Gap = 2;

    /// <summary>One line for each row, without trailing spaces.</summary>
    public static IEnumerable<string> LinesOf(IReadOnlyList<string[]> rows)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], Math.Min(MaxColumnWidth, WidthOf(row[column])));
        }

        return rows.Select(row => string.Concat(row.Select((cell, column) => cell + Padding(widths[column] - WidthOf(cell)))).TrimEnd());
    }

    /// <summary>Words in as many columns as fit, read from top to bottom, as ls prints names.</summary>
    public static IEnumerable<string> ColumnsOf(IReadOnlyList<string> words, int width)
    {
        var widest = Math.Min(MaxColumnWidth, words.Max(WidthOf)) + Gap;
        var columns = Math.Max(1, width / widest);
        var rows = (words.Count + columns - 1) / columns;
        for (var row = 0; row < rows; row++)
        {
            var cells = Enumerable.Range(0, columns).Select(column => column * rows + row).Where(index => index < words.Count);
            yield return string.Concat(cells.Select(index => words[index] + Padding(widest - Gap - WidthOf(words[index])))).TrimEnd();
        }
    }

    /// <summary>The columns of a terminal that a text takes: 2 for a wide character, none for a combining mark.</summary>
    public static int WidthOf(string text) => new Segment(text).CellCount();

    private static string Padding(int missing) => new(' ', Math.Max(0, missing) + Gap);
}
