using Spectre.Console.Rendering;

namespace P2PShare.Client.Cli;

/// <summary>A table in plain text: columns as wide as their widest cell, measured in columns of a terminal.</summary>
internal static class TextTable
{
    /// <summary>A cell that is wider pushes its own row to the right, and not everybody's.</summary>
    public const int WidestColumn = 48;

    private const int Gap = 2;

    /// <summary>A line for each row; the last column is not filled up.</summary>
    public static IEnumerable<string> LinesOf(IReadOnlyList<string[]> rows)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], Math.Min(WidestColumn, WidthOf(row[column])));
        }

        return rows.Select(row => string.Concat(row.Select((cell, column) => cell + Filler(widths[column] - WidthOf(cell)))).TrimEnd());
    }

    /// <summary>Columns that a text takes: 2 for a wide character, none for a combining mark.</summary>
    public static int WidthOf(string text) => new Segment(text).CellCount();

    private static string Filler(int missing) => new(' ', Math.Max(0, missing) + Gap);
}
