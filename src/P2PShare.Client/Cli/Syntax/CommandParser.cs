using System.Globalization;

namespace P2PShare.Client.Cli.Syntax;

/// <summary>Parses a typed line. A pure function.</summary>
internal static class CommandParser
{
    private const int MaxComparedLetters = 32;
    private const string ListsOwners = "--owners";

    // Make returns null where the argument does not fit.
    private static readonly (string Word, string Argument, Func<string, Command?> Make)[] Commands =
    [
        ("ANNOUNCE", "[--once] [--exclude <glob>] <file or folder>", AnnounceArgument.Parse),
        ("LIST_FILES", "[--owners] [<text>]", MakeListFiles),
        ("REQUEST", "<file> [AS <path>] [&]", MakeRequest),
        ("SEARCH", "<text>", typed => Text(typed) is { Length: > 0 } text ? new Command.Search(text) : null),
        ("WITHDRAW", "<file>", typed => Text(typed) is { Length: > 0 } name ? new Command.Withdraw(name) : null),
        ("SHARED", "", typed => typed.Length == 0 ? new Command.Shared() : null),
        ("UPDATE", "<file> [&]", typed => InPlace(typed) is var (name, inBackground) ? new Command.Update(name, inBackground) : null),
        ("REPAIR", "<file> [&]", typed => InPlace(typed) is var (name, inBackground) ? new Command.Repair(name, inBackground) : null),
        ("JOBS", "", typed => typed.Length == 0 ? new Command.Jobs() : null),
        ("CANCEL", "<job>", typed => JobNumber(typed) is { } job ? new Command.Cancel(job) : null),
        ("WAIT", "[<job>]", MakeWait),
        ("LIMIT", "[up <rate> | down <rate>]", MakeLimit),
        ("FINGERPRINT", "", typed => typed.Length == 0 ? new Command.Fingerprint() : null),
        ("HELP", "", typed => typed.Length == 0 ? new Command.Help() : null),
        ("EXIT", "", typed => typed.Length == 0 ? new Command.Exit() : null),
    ];

    // What other programs call these commands: their letters lead to no command, or to another one.
    private static readonly (string Command, string[] Words)[] Synonyms =
    [
        ("ANNOUNCE", ["SHARE", "ADD", "UPLOAD", "PUT", "SEND"]),
        ("REQUEST", ["GET", "DOWNLOAD", "FETCH", "RECEIVE"]),
        ("LIST_FILES", ["LS", "DIR"]),
        ("SEARCH", ["FIND"]),
        ("WITHDRAW", ["UNSHARE", "REMOVE", "DELETE", "RM"]),
        ("CANCEL", ["KILL", "STOP"]),
        ("HELP", ["?", "MAN"]),
        ("EXIT", ["QUIT", "BYE", "Q"]),
    ];

    /// <summary>The command words.</summary>
    public static IEnumerable<string> Words => Commands.Select(command => command.Word);

    public static Command Parse(string line)
    {
        var (word, argument) = Split(line);
        if (word.Length == 0)
            return new Command.Empty();
        foreach (var command in Commands)
        {
            if (command.Word.Equals(word, StringComparison.OrdinalIgnoreCase))
                return command.Make(argument) ?? new Command.Misused($"{command.Word} {command.Argument}".TrimEnd());
        }

        return new Command.Unknown(word, Nearest(word));
    }

    // A file written on Windows may begin with a byte order mark.
    private static (string Word, string Argument) Split(string line)
    {
        var text = line.TrimStart('\uFEFF').Trim();
        var word = string.Concat(text.TakeWhile(character => !char.IsWhiteSpace(character)));
        return (word, text[word.Length..].Trim());
    }

    private static string Text(string typed) => CommandArgument.OfText(typed).Text;

    private static Command.ListFiles MakeListFiles(string typed)
    {
        var word = string.Concat(typed.TakeWhile(character => !char.IsWhiteSpace(character)));
        return word == ListsOwners
            ? new Command.ListFiles(Text(typed[word.Length..].Trim()), ListsOwners: true)
            : new Command.ListFiles(Text(typed), ListsOwners: false);
    }

    private static Command.Request? MakeRequest(string typed)
    {
        var argument = CommandArgument.OfTransfer(typed);
        return argument.Text.Length == 0 || argument.SaveAs?.Length == 0
            ? null
            : new Command.Request(argument.Text, argument.SaveAs, argument.InBackground);
    }

    private static Command.Limit? MakeLimit(string typed)
    {
        var words = typed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length switch
        {
            0 => new Command.Limit(null, null),
            2 => new Command.Limit(words[0], words[1]),
            _ => null,
        };
    }

    // A file that is updated or repaired stays where it is: AS is a part of its name.
    private static (string Name, bool InBackground)? InPlace(string typed)
    {
        var argument = CommandArgument.OfTransfer(typed);
        var name = argument.SaveAs is null || argument.IsQuoted ? argument.Text : $"{argument.Text} AS {argument.SaveAs}";
        return name.Length == 0 || (argument.IsQuoted && argument.SaveAs is not null) ? null : (name, argument.InBackground);
    }

    private static Command.Wait? MakeWait(string typed) => typed.Length == 0
        ? new Command.Wait(null)
        : JobNumber(typed) is { } job ? new Command.Wait(job) : null;

    private static int? JobNumber(string typed) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var job) && job > 0 ? job : null;

    // Bounded: no mistyped command is that long, and the distance costs quadratic time and memory.
    private static string Nearest(string word)
    {
        var typed = word[..Math.Min(word.Length, MaxComparedLetters)].ToUpperInvariant();
        if (Synonyms.FirstOrDefault(synonym => synonym.Words.Contains(typed)).Command is { } meant)
            return meant;
        return Commands.MinBy(command => Distance(typed, command.Word)).Word;
    }

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
