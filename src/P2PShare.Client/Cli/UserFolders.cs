namespace P2PShare.Client.Cli;

/// <summary>The user's folders for state and caches, by the XDG Base Directory Specification.</summary>
internal static class UserFolders
{
    public static string LogFile => Path.Combine(State, "client.log");

    public static string HistoryFile => Path.Combine(State, "history");

    public static string KeyFile => Path.Combine(State, "key.pem");

    public static string KnownServersFile => Path.Combine(State, "known_servers");

    public static string Cache => Path.Combine(Folder("XDG_CACHE_HOME", ".cache"), "p2pshare");

    private static string State => Path.Combine(Folder("XDG_STATE_HOME", ".local/state"), "p2pshare");

    // By the specification, a relative path in the variable is ignored.
    private static string Folder(string variable, string inHome)
    {
        if (Environment.GetEnvironmentVariable(variable) is { } path && Path.IsPathFullyQualified(path))
            return path;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(home, inHome);
    }
}
