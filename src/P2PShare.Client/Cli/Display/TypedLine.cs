using System.Globalization;
using System.Text;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// Inserts text above the line that the user is typing. Console.ReadLine does not disclose that line, so control sequences make the
/// terminal move it down, with the cursor at the same place in it (ECMA-48: IND, CUU, IL, CUD; DEC: save and restore cursor).
/// </summary>
internal static class TypedLine
{
    private const char Escape = '\x1b';

    /// <summary>
    /// What to write to a terminal of <paramref name="width"/> columns to insert <paramref name="text"/> above the cursor's row.
    /// </summary>
    public static string InsertAbove(string text, int width)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var rows = lines.Sum(line => RowsOf(line, width));
        return new StringBuilder()
            .Insert(0, $"{Escape}D", rows)
            .Append(CultureInfo.InvariantCulture, $"{Escape}[{rows}A{Escape}7\r{Escape}[{rows}L")
            .AppendJoin("\r\n", lines)
            .Append(CultureInfo.InvariantCulture, $"{Escape}8{Escape}[{rows}B")
            .ToString();
    }

    private static int RowsOf(string line, int width) => Math.Max(1, (TextTable.WidthOf(line) + width - 1) / Math.Max(1, width));
}
