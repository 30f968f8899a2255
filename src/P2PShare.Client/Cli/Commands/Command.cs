namespace P2PShare.Client.Cli.Commands;

/// <summary>A typed command.</summary>
/// <param name="Word">The command word, for messages; empty where there is none.</param>
internal abstract record Command(string Word)
{
    public sealed record Announce(string Path) : Command("ANNOUNCE");

    public sealed record ListFiles() : Command("LIST_FILES");

    /// <param name="Name">As typed: a file, a file and <c>#id</c>, or a folder ending in '/'.</param>
    public sealed record Request(string Name) : Command("REQUEST");

    public sealed record Search(string Text) : Command("SEARCH");

    public sealed record Withdraw(string Name) : Command("WITHDRAW");

    public sealed record Shared() : Command("SHARED");

    public sealed record Repair(string Name) : Command("REPAIR");

    public sealed record Help() : Command("HELP");

    public sealed record Exit() : Command("EXIT");

    /// <summary>An empty line.</summary>
    public sealed record Empty() : Command("");

    /// <summary>A command with a missing or surplus argument.</summary>
    public sealed record Misused(string Usage) : Command("");

    /// <summary>An unknown command word; <paramref name="Nearest"/> is the command that was most likely meant.</summary>
    public sealed record Unknown(string Typed, string Nearest) : Command("");
}
