using Spectre.Console;
using Spectre.Console.Rendering;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// Text beside a bar, computed at each refresh. Spectre's own column parses markup, in which <c>:bomb:</c> is a picture, and refuses a
/// description of spaces only; a file may have either name.
/// </summary>
/// <param name="text">What to show, printable.</param>
/// <param name="reserved">Columns of the terminal that the other parts need; text that does not fit is cut at the left.</param>
internal sealed class TextColumn(Func<string> text, int reserved = 0) : ProgressColumn
{
    private const int MinWidth = 16;

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Spectre.Console.Text(EndOf(text(), Math.Max(MinWidth, options.ConsoleSize.Width - reserved))) { Overflow = Overflow.Ellipsis };

    // Long names differ at their end, and counts follow the name, so the end is what is kept.
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
