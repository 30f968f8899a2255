namespace P2PShare.Testing.Processes;

/// <summary>
/// The paths of the published programs. The end-to-end project publishes them beside its own assembly when it is built, so that the
/// tests run what users run, and never a stale copy. Other programs use those that <c>dotnet publish -c Release</c> left in the
/// repository's <c>dist</c>.
/// The environment variable P2PSHARE_DIST names another folder for both.
/// </summary>
public static class Programs
{
    private const string FolderVariable = "P2PSHARE_DIST";

    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Server => Find("server");

    /// <exception cref="FileNotFoundException">It was not published.</exception>
    public static string Client => Find("client");

    /// <summary>They need no .NET runtime: a program that does names hostfxr, the library that finds one.</summary>
    public static bool AreNative { get; } = File.ReadAllBytes(Client).AsSpan().IndexOf("hostfxr"u8) < 0;

    private static string Find(string name)
    {
        var file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        return Folders().Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"The published program '{file}' is not there: run `dotnet publish -c Release` in the root of the repository first.");
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
            return [folder];
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Ancestors(here)
            .Where(ancestor => File.Exists(Path.Combine(ancestor.FullName, "P2PShare.sln")))
            .Prepend(here)
            .Select(parent => Path.Combine(parent.FullName, "dist"));
    }

    private static IEnumerable<DirectoryInfo> Ancestors(DirectoryInfo folder)
    {
        for (var at = folder; at is not null; at = at.Parent)
            yield return at;
    }
}
