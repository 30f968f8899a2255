namespace P2PShare.Testing.Processes;

/// <summary>
/// The paths of the published programs. The end-to-end project publishes them beside its own assembly when it is built, so that the
/// tests run what users run, and never a stale copy. Other programs use those that <c>dotnet publish -c Release</c> left in the
/// repository's <c>dist</c>.
/// </summary>
public static class Programs
{
    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Server => Find("server");

    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Client => Find("client");

    private static string Find(string name)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var folders = Ancestors(here).Where(folder => File.Exists(Path.Combine(folder.FullName, "P2PShare.sln"))).Prepend(here);
        return folders.Select(folder => Path.Combine(folder.FullName, "dist", name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"The published program '{name}' does not exist: run `dotnet publish -c Release` in the root of the repository first.");
    }

    private static IEnumerable<DirectoryInfo> Ancestors(DirectoryInfo folder)
    {
        for (var at = folder; at is not null; at = at.Parent)
            yield return at;
    }
}
