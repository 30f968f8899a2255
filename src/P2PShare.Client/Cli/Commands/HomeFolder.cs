namespace P2PShare.Client.Cli.Commands;

/// <summary>The user's home folder, as a shell writes it.</summary>
internal static class HomeFolder
{
    /// <summary>Replaces a leading <c>~</c>.</summary>
    public static string Expand(string path)
    {
        var isHome = path == "~" || path.StartsWith("~/", StringComparison.Ordinal);
        return isHome ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;
    }
}
