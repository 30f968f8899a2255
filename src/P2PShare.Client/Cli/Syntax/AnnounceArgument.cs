namespace P2PShare.Client.Cli.Syntax;

/// <summary>
/// What stands behind ANNOUNCE: <c>--once</c>, <c>--exclude glob</c> (both any number of times), and a path, which may begin with two
/// hyphens behind <c>--</c> or in quotes. Pure.
/// </summary>
internal static class AnnounceArgument
{
    private const string Once = "--once";
    private const string Exclude = "--exclude";
    private const string EndOfOptions = "--";

    /// <summary>Null where the path or a glob is missing.</summary>
    public static Command.Announce? Parse(string typed)
    {
        var start = TakeOptions(typed, out var once, out var excluded);
        var path = start is null ? "" : CommandArgument.OfText(typed[start.Value..]).Text;
        if (path.Length == 0)
            return null;
        var command = new Command.Announce(path) { Once = once };
        return excluded.Count == 0 ? command : command with { Excluded = excluded };
    }

    /// <summary>Where the path begins; null where an option is not complete.</summary>
    public static int? PathStart(string typed) => TakeOptions(typed, out _, out _);

    private static int? TakeOptions(string typed, out bool once, out List<string> excluded)
    {
        (once, excluded) = (false, []);
        var at = 0;
        while (true)
        {
            var word = WordAt(typed, at, out var next);
            if (word == EndOfOptions && next > at + word.Length)
                return next;
            if (word == Once)
            {
                once = true;
            }
            else if (word == Exclude)
            {
                at = next;
                var glob = GlobAt(typed, at, out next);
                if (glob.Length == 0)
                    return null;
                excluded.Add(glob);
            }
            else
            {
                return at;
            }

            at = next;
        }
    }

    private static string WordAt(string typed, int at, out int next)
    {
        var end = at;
        while (end < typed.Length && !char.IsWhiteSpace(typed[end]))
            end++;
        next = SkipSpace(typed, end);
        return typed[at..end];
    }

    // A glob with spaces stands in quotes.
    private static string GlobAt(string typed, int at, out int next)
    {
        var end = at < typed.Length && typed[at] is '"' or '\'' ? typed.IndexOf(typed[at], at + 1) : -1;
        if (end < 0)
            return WordAt(typed, at, out next);
        next = SkipSpace(typed, end + 1);
        return typed[(at + 1)..end];
    }

    private static int SkipSpace(string typed, int at)
    {
        while (at < typed.Length && char.IsWhiteSpace(typed[at]))
            at++;
        return at;
    }
}
