namespace P2PShare.Client.Cli;

/// <summary>Understands a typed line. Pure.</summary>
internal static class CommandText
{
    private static readonly (string Word, string? Argument, Func<string, Command> Make)[] Commands =
    [
        ("ANNOUNCE", "<file or folder>", path => new Command.Announce(path)),
        ("LIST_FILES", null, _ => new Command.ListFiles()),
        ("REQUEST", "<file>", name => new Command.Request(name)),
        ("SEARCH", "<text>", text => new Command.Search(text)),
        ("WITHDRAW", "<file>", name => new Command.Withdraw(name)),
        ("SHARED", null, _ => new Command.Shared()),
        ("REPAIR", "<file>", name => new Command.Repair(name)),
        ("HELP", null, _ => new Command.Help()),
        ("EXIT", null, _ => new Command.Exit()),
    ];

    public static Command Parse(string line)
    {
        var text = line.Trim();
        if (text.Length == 0)
            return new Command.Nothing();
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        var word = end < 0 ? text : text[..end];
        var argument = end < 0 ? "" : WithoutQuotes(text[end..].Trim());
        foreach (var command in Commands)
        {
            if (!command.Word.Equals(word, StringComparison.OrdinalIgnoreCase))
                continue;
            var isComplete = command.Argument is null == (argument.Length == 0);
            return isComplete ? command.Make(argument) : new Command.Incomplete($"{command.Word} {command.Argument}".TrimEnd());
        }

        return new Command.Unknown(word, Commands.MinBy(command => Distance(word.ToUpperInvariant(), command.Word)).Word);
    }

    private static string WithoutQuotes(string argument) =>
        argument.Length >= 2 && argument[0] is '"' or '\'' && argument[^1] == argument[0] ? argument[1..^1] : argument;

    // Levenshtein's distance: how many letters to add, drop or change.
    private static int Distance(string from, string to)
    {
        // Nobody mistypes a command at such length; a pasted megabyte must not cost its square.
        if (from.Length > 64)
            return from.Length;
        var costs = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = costs[0];
            costs[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = costs[j];
                costs[j] = Math.Min(changed, Math.Min(costs[j - 1], costs[j]) + 1);
            }
        }

        return costs[^1];
    }
}
