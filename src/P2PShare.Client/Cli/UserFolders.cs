namespace P2PShare.Client.Cli;

/// <summary>Where a user's programs keep what is theirs, by the XDG Base Directory Specification.</summary>
internal static class UserFolders
{
    public static string LogFile => Path.Combine(Folder("XDG_STATE_HOME", ".local/state"), "p2pshare", "client.log");

    public static string Cache => Path.Combine(Folder("XDG_CACHE_HOME", ".cache"), "p2pshare");

    // The specification: a relative path in the variable is to be ignored.
    private static string Folder(string variable, string inHome) =>
        Environment.GetEnvironmentVariable(variable) is { } path && Path.IsPathFullyQualified(path)
            ? path
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), inHome);
}
