namespace P2PShare.Client.Cli.Commands;

/// <summary>Parses a typed line. A pure function.</summary>
internal static class CommandParser
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

    private const int MaxComparedLetters = 32;

    public static Command Parse(string line)
    {
        // A file written on Windows may begin with a byte order mark.
        var text = line.TrimStart('\uFEFF').Trim();
        if (text.Length == 0)
            return new Command.Empty();
        var word = string.Concat(text.TakeWhile(character => !char.IsWhiteSpace(character)));
        var argument = WithoutQuotes(text[word.Length..].Trim());
        foreach (var command in Commands)
        {
            if (!command.Word.Equals(word, StringComparison.OrdinalIgnoreCase))
                continue;
            var isComplete = command.Argument is null == (argument.Length == 0);
            return isComplete ? command.Make(argument) : new Command.Misused($"{command.Word} {command.Argument}".TrimEnd());
        }

        return new Command.Unknown(word, Nearest(word));
    }

    // Bounded: no mistyped command is that long, and the distance costs quadratic time and memory.
    private static string Nearest(string word)
    {
        var typed = word[..Math.Min(word.Length, MaxComparedLetters)].ToUpperInvariant();
        return Commands.MinBy(command => Distance(typed, command.Word)).Word;
    }

    private static string WithoutQuotes(string argument) =>
        argument.Length >= 2 && argument[0] is '"' or '\'' && argument[^1] == argument[0] ? argument[1..^1] : argument;

    // The Damerau-Levenshtein distance (letters to insert, delete, substitute or transpose), also to the beginnings of the command, since
    // a mistyped command is often abbreviated, too.
    private static int Distance(string typed, string command)
    {
        var costs = new int[typed.Length + 1, command.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
        {
            for (var j = 0; j <= command.Length; j++)
                costs[i, j] = i == 0 || j == 0 ? i + j : Cost(costs, typed, command, i, j);
        }

        var beginning = Enumerable.Range(0, command.Length + 1).Min(length => costs[typed.Length, length]);
        return Math.Min(2 * costs[typed.Length, command.Length], 2 * beginning + 1);
    }

    private static int Cost(int[,] costs, string typed, string command, int i, int j)
    {
        var substituted = costs[i - 1, j - 1] + (typed[i - 1] == command[j - 1] ? 0 : 1);
        var cost = Math.Min(substituted, Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1);
        var isTransposed = i > 1 && j > 1 && typed[i - 1] == command[j - 2] && typed[i - 2] == command[j - 1];
        return isTransposed ? Math.Min(cost, costs[i - 2, j - 2] + 1) : cost;
    }
}
