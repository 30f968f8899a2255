namespace P2PShare.Client.Cli.Syntax;

/// <summary>
/// What stands behind a command word: options, a text, and what follows it (<c>AS path</c>, <c>&amp;</c>). The text is the rest of the
/// line, with its spaces; in quotes, nothing in it is an option, an AS or an <c>&amp;</c>. Pure.
/// </summary>
/// <param name="Text">Without its quotes; empty where there is none.</param>
/// <param name="IsQuoted">It was in quotes.</param>
/// <param name="SaveAs">The text after AS, without quotes; null where there is none.</param>
/// <param name="InBackground">The line ended in <c>&amp;</c>.</param>
internal sealed record CommandArgument(string Text, bool IsQuoted, string? SaveAs, bool InBackground)
{
    private const string As = " AS ";
    private const char Background = '&';

    /// <summary>Parses what a command takes that fetches: <c>name AS path &amp;</c>.</summary>
    public static CommandArgument OfTransfer(string typed)
    {
        var (text, isQuoted, rest) = TakeQuoted(typed);
        if (!isQuoted)
            return OfTransferWithoutQuotes(typed);
        var (remaining, inBackground) = TakeBackground(rest);
        if (remaining.Length == 0)
            return new CommandArgument(text, true, null, inBackground);
        return (" " + remaining).StartsWith(As, StringComparison.Ordinal)
            ? new CommandArgument(text, true, Unquoted(remaining[(As.Length - 1)..].Trim()), inBackground)
            : OfTransferWithoutQuotes(typed);
    }

    /// <summary>Parses what every other command takes: a text, which may be in quotes.</summary>
    public static CommandArgument OfText(string typed)
    {
        var (text, isQuoted, rest) = TakeQuoted(typed);
        return isQuoted && rest.Length == 0
            ? new CommandArgument(text, true, null, false)
            : new CommandArgument(typed, false, null, false);
    }

    /// <summary>A name as it has to be typed after REQUEST: in quotes where it would be read as something else.</summary>
    public static string Quoted(string name)
    {
        if (OfTransfer(name) is { SaveAs: null, InBackground: false } parsed && parsed.Text == name)
            return name;
        return name.Contains('"') ? $"'{name}'" : $"\"{name}\"";
    }

    private static CommandArgument OfTransferWithoutQuotes(string typed)
    {
        var (text, inBackground) = TakeBackground(typed);
        var at = text.LastIndexOf(As, StringComparison.Ordinal);
        return at < 0
            ? new CommandArgument(text, false, null, inBackground)
            : new CommandArgument(text[..at].Trim(), false, Unquoted(text[(at + As.Length)..].Trim()), inBackground);
    }

    // The & stands alone: "R&" is a name, "R &" is not.
    private static (string Text, bool InBackground) TakeBackground(string text)
    {
        var isMarked = text.Length > 0 && text[^1] == Background && (text.Length == 1 || char.IsWhiteSpace(text[^2]));
        return isMarked ? (text[..^1].TrimEnd(), true) : (text, false);
    }

    // A quote in the middle of a word is a part of it: 'it's' is in quotes, and "a" b is not.
    private static (string Text, bool IsQuoted, string After) TakeQuoted(string typed)
    {
        if (typed.Length < 2 || typed[0] is not ('"' or '\''))
            return ("", false, typed);
        for (var end = typed.IndexOf(typed[0], 1); end > 0; end = typed.IndexOf(typed[0], end + 1))
        {
            var rest = typed[(end + 1)..];
            if (rest.Length == 0 || rest.TrimStart() == "&" || (" " + rest.TrimStart()).StartsWith(As, StringComparison.Ordinal))
                return (typed[1..end], true, rest.Trim());
        }

        return ("", false, typed);
    }

    private static string Unquoted(string text)
    {
        var (unquoted, isQuoted, rest) = TakeQuoted(text);
        return isQuoted && rest.Length == 0 ? unquoted : text;
    }
}
