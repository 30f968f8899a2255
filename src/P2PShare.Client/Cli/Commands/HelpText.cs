namespace P2PShare.Client.Cli.Commands;

internal static class HelpText
{
    /// <summary>Fits on a terminal of 80 by 24.</summary>
    public const string Text = """
        ANNOUNCE <file>      share a file under its own name
        ANNOUNCE <folder>    share every file in it, as folder/name; no hidden files,
                             and no links are followed
        LIST_FILES           what everybody shares
        SEARCH <text>        names with this text; * and ? stand for other characters
        REQUEST <file>       fetch a file from all its owners at once; goes on where it
                             stopped
        REQUEST <file>#<id>  the content whose id begins so, where a name has several
        REQUEST <folder>/    fetch every file of a folder
        REPAIR <file>        check a fetched file against its id; fetch what is wrong
        SHARED               what I share, and how much of it was fetched
        WITHDRAW <file>      stop sharing a file
        HELP                 this
        EXIT                 leave; so does Ctrl+D. Ctrl+C stops a running command first
        """;
}
