using System.CommandLine;
using System.Globalization;

namespace P2PShare.ManPages;

/// <summary>The manual page of a program, section 1, made from its arguments, options and description.</summary>
/// <param name="program">The program's name.</param>
/// <param name="root">What <c>--help</c> shows.</param>
/// <param name="seeAlso">The other program.</param>
internal sealed class ManPage(string program, RootCommand root, string seeAlso)
{
    public string Program { get; } = program;

    public RootCommand Root { get; } = root;

    public override string ToString()
    {
        var version = typeof(ManPage).Assembly.GetName().Version!.ToString(3);
        var sections = new DescriptionSections(Root.Description ?? "");
        var page = new Roff()
            .Macro("TH", Program.ToUpperInvariant(), "1", "", $"P2PShare {version}", "P2PShare")
            .Macro("SH", "NAME")
            .Line(('R', $"{Program} - {Summary(sections.Paragraphs[0])}"))
            .Macro("SH", "SYNOPSIS")
            .Line([('B', Program), .. Root.Arguments.SelectMany(ArgumentWord), ('R', " ["), ('I', "options"), ('R', "]")])
            .Macro("SH", "DESCRIPTION");
        page.Line(sections.Paragraphs[0]);
        foreach (var paragraph in sections.Paragraphs.Skip(1))
            page.Macro("PP").Line(paragraph);
        page.Macro("SH", "ARGUMENTS");
        foreach (var argument in Root.Arguments)
            page.Macro("TP").Line(('I', argument.Name)).Line(Sentence(argument.Description));
        page.Macro("SH", "OPTIONS");
        foreach (var option in Root.Options.Where(option => !option.Hidden).OrderBy(option => option.Name, StringComparer.Ordinal))
            page.Macro("TP").Line(Words(option)).Line(Sentence(option.Description) + DefaultOf(option));
        foreach (var (title, items) in sections.Lists)
        {
            page.Macro("SH", TitleOf(title));
            foreach (var (term, text) in items)
                page.Macro("TP").Line(('B', term)).Line(Sentence(text));
        }

        return page.Macro("SH", "SEE ALSO").Line(('B', seeAlso), ('R', "(1)")).ToString();
    }

    private static string TitleOf(string title) => title == "Exit codes" ? "EXIT STATUS" : title.ToUpperInvariant();

    // The first clause of the description, as the line that apropos(1) shows.
    private static string Summary(string paragraph)
    {
        var clause = paragraph[..paragraph.IndexOfAny(['.', ':'])];
        return char.ToLowerInvariant(clause[0]) + clause[1..];
    }

    private static string Sentence(string? text) =>
        string.IsNullOrEmpty(text) ? "" : char.ToUpperInvariant(text[0]) + text[1..] + (text[^1] is '.' ? "" : ".");

    private static (char Font, string Text)[] ArgumentWord(Argument argument) => [('R', " "), ('I', argument.Name)];

    private static (char Font, string Text)[] Words(Option option)
    {
        var words = new List<(char Font, string Text)>();
        foreach (var name in option.Aliases.Where(alias => alias[0] == '-').Prepend(option.Name).Distinct())
        {
            if (words.Count > 0)
                words.Add(('R', ", "));
            words.Add(('B', name));
        }

        if (option.HelpName is { } value)
            words.AddRange([('R', " "), ('I', value)]);
        return [.. words];
    }

    // A path in the home folder is shown as the reader's own.
    private static string DefaultOf(Option option)
    {
        if (!option.HasDefaultValue || option is Option<bool> || option.GetDefaultValue() is not { } value)
            return "";
        var text = string.Create(CultureInfo.InvariantCulture, $"{value}");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0 && text.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            text = "~" + text[home.Length..];
        return $" The default is {text}.";
    }
}
