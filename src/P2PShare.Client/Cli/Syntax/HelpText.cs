namespace P2PShare.Client.Cli.Syntax;

internal static class HelpText
{
    /// <summary>Fits on a terminal of 80 by 24.</summary>
    public const string Text = """
        ANNOUNCE <file>      share a file under its own name
        ANNOUNCE <folder>    share every file in it, but no hidden files and no links,
                             and follow its changes. --once: as it is now;
                             --exclude <glob>: without those, nor those of .p2pignore
        LIST_FILES [<text>]  what everybody shares; --owners: a row for each owner
        SEARCH <text>        names with this text; * and ? stand for other characters
        REQUEST <file>       fetch a file from all its owners at once; goes on where it
                             stopped. <file>#<id>: the content whose id begins so
        REQUEST <folder>/    fetch every file of a folder
        REQUEST ... AS <path>   save under another name or in another folder
        REQUEST ... &        fetch in the background; so do UPDATE and REPAIR
        JOBS                 what runs in the background
        CANCEL <job>         stop a job; WAIT [<job>] waits for it, or for all
        UPDATE <file>        replace an older file of this name by what is shared now
        REPAIR <file>        check a fetched file against its id; fetch what is wrong
        SHARED               what I share, how much was fetched, and who fetches it
        LIMIT [up|down <rate>]  the most that all uploads or downloads take: 5M, or off
        WITHDRAW <file>      stop sharing a file
        FINGERPRINT          the keys of this client and the server; HELP prints this
        EXIT                 leave; so does Ctrl+D. Ctrl+C stops a running command first
        "..."                a name in quotes may contain AS, & and --
        """;
}
