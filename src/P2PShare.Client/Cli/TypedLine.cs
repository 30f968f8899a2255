using System.Globalization;
using System.Text;

namespace P2PShare.Client.Cli;

/// <summary>
/// Prints above the line that somebody is typing, which only the terminal knows: Console.ReadLine keeps it to itself. The terminal
/// is told to push that line down and to leave the cursor where it stood in it (ECMA-48: IND, CUU, IL, CUD; DEC: save and restore).
/// </summary>
internal static class TypedLine
{
    private const char Escape = '\x1b';

    /// <summary>What to send to a terminal of <paramref name="width"/> columns so that <paramref name="text"/> stands above the cursor's row.</summary>
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
