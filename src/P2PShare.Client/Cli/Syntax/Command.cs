namespace P2PShare.Client.Cli.Syntax;

/// <summary>A typed command.</summary>
/// <param name="Word">The command word, for messages; empty where there is none.</param>
internal abstract record Command(string Word)
{
    /// <param name="Path">A file or folder, as typed.</param>
    public sealed record Announce(string Path) : Command("ANNOUNCE")
    {
        /// <summary>A folder is shared as it is now, and not followed.</summary>
        public bool Once { get; init; }

        /// <summary>What is left out of a folder: patterns in the syntax of gitignore.</summary>
        public IReadOnlyList<string> Excluded { get; init; } = [];
    }

    /// <param name="Text">Text that the names contain; empty for all.</param>
    /// <param name="ListsOwners">A row for each owner instead of one for each content.</param>
    public sealed record ListFiles(string Text, bool ListsOwners) : Command("LIST_FILES");

    /// <summary>A command that fetches, and may run in the background.</summary>
    /// <param name="Name">As typed: a file, a file and <c>#id</c>, or a folder ending in '/'.</param>
    /// <param name="InBackground">The line ended in <c>&amp;</c>.</param>
    public abstract record Transfer(string Word, string Name, bool InBackground) : Command(Word);

    /// <param name="Name">As typed.</param>
    /// <param name="SaveAs">Where to save, as typed; null for the downloads folder.</param>
    /// <param name="InBackground">The line ended in <c>&amp;</c>.</param>
    public sealed record Request(string Name, string? SaveAs, bool InBackground) : Transfer("REQUEST", Name, InBackground);

    /// <param name="Name">As typed: a file, or a file and <c>#id</c>.</param>
    /// <param name="InBackground">The line ended in <c>&amp;</c>.</param>
    public sealed record Update(string Name, bool InBackground) : Transfer("UPDATE", Name, InBackground);

    public sealed record Repair(string Name, bool InBackground) : Transfer("REPAIR", Name, InBackground);

    public sealed record Search(string Text) : Command("SEARCH");

    public sealed record Withdraw(string Name) : Command("WITHDRAW");

    public sealed record Shared() : Command("SHARED");

    public sealed record Jobs() : Command("JOBS");

    public sealed record Cancel(int Job) : Command("CANCEL");

    /// <param name="Job">Null for all jobs.</param>
    public sealed record Wait(int? Job) : Command("WAIT");

    /// <param name="Direction">As typed; null to print both.</param>
    /// <param name="Rate">As typed; null where there is no direction.</param>
    public sealed record Limit(string? Direction, string? Rate) : Command("LIMIT");

    public sealed record Fingerprint() : Command("FINGERPRINT");

    public sealed record Help() : Command("HELP");

    public sealed record Exit() : Command("EXIT");

    /// <summary>An empty line.</summary>
    public sealed record Empty() : Command("");

    /// <summary>A command with a missing or surplus argument.</summary>
    public sealed record Misused(string Usage) : Command("");

    /// <summary>An unknown command word; <paramref name="Nearest"/> is the command that was most likely meant.</summary>
    public sealed record Unknown(string Typed, string Nearest) : Command("");
}
