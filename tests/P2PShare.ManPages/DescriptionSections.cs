namespace P2PShare.ManPages;

/// <summary>
/// A program's description as <c>--help</c> shows it: paragraphs, and lists that begin with a line such as <c>Exit codes:</c>, whose items
/// are indented, the term before two spaces.
/// </summary>
internal sealed class DescriptionSections
{
    public DescriptionSections(string description)
    {
        var paragraphs = description.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => paragraph.Split('\n'));
        foreach (var lines in paragraphs)
        {
            if (lines.Length > 1 && lines[1..].All(line => line.StartsWith("  ", StringComparison.Ordinal)))
                Lists.Add((lines[0].TrimEnd(':'), [.. lines[1..].Select(ItemOf)]));
            else
                Paragraphs.Add(string.Join(' ', lines));
        }
    }

    public List<string> Paragraphs { get; } = [];

    public List<(string Title, IReadOnlyList<(string Term, string Text)> Items)> Lists { get; } = [];

    private static (string Term, string Text) ItemOf(string line)
    {
        var words = line.Trim().Split("  ", 2, StringSplitOptions.TrimEntries);
        return (words[0], words.Length > 1 ? words[1] : "");
    }
}
