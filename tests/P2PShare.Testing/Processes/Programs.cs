namespace P2PShare.Testing.Processes;

/// <summary>
/// Where the published programs are. The end-to-end project publishes them beside its own assembly when it is built, so what is
/// tested is what a user runs, and never a stale copy from elsewhere.
/// </summary>
public static class Programs
{
    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Server => Find("server");

    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Client => Find("client");

    private static string Find(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "dist", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException(
                $"The published program '{name}' is not at {path}. Building tests/P2PShare.EndToEnd.Tests puts it there.", path);
    }
}
