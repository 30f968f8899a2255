namespace P2PShare.Client.Cli;

/// <summary>What the user typed, understood.</summary>
internal abstract record Command
{
    public sealed record Announce(string Path) : Command;

    public sealed record ListFiles : Command;

    /// <param name="Name">As typed: a file, a file and <c>#id</c>, or a folder ending in '/'.</param>
    public sealed record Request(string Name) : Command;

    public sealed record Search(string Text) : Command;

    public sealed record Withdraw(string Name) : Command;

    public sealed record Shared : Command;

    public sealed record Repair(string Name) : Command;

    public sealed record Help : Command;

    public sealed record Exit : Command;

    /// <summary>An empty line.</summary>
    public sealed record Nothing : Command;

    /// <summary>A command without what it needs, or with more.</summary>
    public sealed record Incomplete(string Usage) : Command;

    /// <summary>No command; <paramref name="Nearest"/> is the one that was most likely meant.</summary>
    public sealed record Unknown(string Word, string Nearest) : Command;
}
