using System.Globalization;
using System.Net;
using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>Draws terminals, one above the other, as an SVG image.</summary>
public static class TerminalPicture
{
    private const int RowHeight = 18;
    private const double CellWidth = 7.8;
    private const int Padding = 14;
    private const int TitleHeight = 30;
    private const int Gap = 16;

    /// <summary>A terminal to draw.</summary>
    /// <param name="Title">Stands above it.</param>
    /// <param name="Rows">What it shows.</param>
    public sealed record Panel(string Title, IReadOnlyList<string> Rows);

    /// <summary>The image, as a text.</summary>
    /// <param name="panels">The terminals.</param>
    /// <param name="columns">The columns of each.</param>
    public static string Draw(IReadOnlyList<Panel> panels, int columns)
    {
        var width = (int)(columns * CellWidth) + 2 * Padding;
        var height = panels.Sum(HeightOf) + (panels.Count - 1) * Gap;
        var svg = new StringBuilder();
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\"");
        svg.Append(" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n");
        var top = 0;
        foreach (var panel in panels)
        {
            Draw(svg, panel, top, width);
            top += HeightOf(panel) + Gap;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int HeightOf(Panel panel) => TitleHeight + panel.Rows.Count * RowHeight + Padding;

    private static void Draw(StringBuilder svg, Panel panel, int top, int width)
    {
        Append(svg, $"  <rect y=\"{top}\" width=\"{width}\" height=\"{HeightOf(panel)}\" rx=\"8\" fill=\"#1e2127\"/>\n");
        Append(svg, $"  <text x=\"{Padding}\" y=\"{top + 20}\" fill=\"#8a919e\">{WebUtility.HtmlEncode(panel.Title)}</text>\n");
        for (var row = 0; row < panel.Rows.Count; row++)
        {
            var text = panel.Rows[row];
            var isTyped = text.StartsWith("> ", StringComparison.Ordinal) || text.StartsWith("$ ", StringComparison.Ordinal);
            var colour = isTyped ? "#98c379" : "#d7dae0";
            var y = top + TitleHeight + (row + 1) * RowHeight - 5;
            var encoded = WebUtility.HtmlEncode(text);
            Append(svg, $"  <text x=\"{Padding}\" y=\"{y}\" fill=\"{colour}\" xml:space=\"preserve\">{encoded}</text>\n");
        }
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
