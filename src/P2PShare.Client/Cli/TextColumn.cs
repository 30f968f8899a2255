using Spectre.Console;
using Spectre.Console.Rendering;

namespace P2PShare.Client.Cli;

/// <summary>
/// Text beside a bar, asked for anew each time. Spectre's own column takes text for markup, in which <c>:bomb:</c> is a picture,
/// and lets nobody be called by a space; a file may be called both.
/// </summary>
/// <param name="text">What to show, fit for a terminal.</param>
/// <param name="reserved">Columns of the terminal that others need; what does not fit into the rest is cut off at the left.</param>
internal sealed class TextColumn(Func<string> text, int reserved = 0) : ProgressColumn
{
    private const int Least = 16;

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(EndOf(text(), Math.Max(Least, options.ConsoleSize.Width - reserved))) { Overflow = Overflow.Ellipsis };

    // What tells long names apart, and what follows a name, stands at the right.
    private static string EndOf(string whole, int width)
    {
        if (TextTable.WidthOf(whole) <= width)
            return whole;
        var end = "";
        foreach (var rune in whole.EnumerateRunes().Reverse())
        {
            if (TextTable.WidthOf(rune + end) >= width)
                break;
            end = rune + end;
        }

        return "…" + end;
    }
}
