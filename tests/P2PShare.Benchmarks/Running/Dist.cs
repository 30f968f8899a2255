namespace P2PShare.Benchmarks.Running;

/// <summary>What <c>dotnet publish -c Release</c> left in the repository's <c>dist</c>: the programs that users run.</summary>
internal static class Dist
{
    public static string Server => Find("server");

    public static string Client => Find("client");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")) && Path.Combine(folder.FullName, "dist", name) is var path && File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"dist/{name} is not there: run `dotnet publish -c Release` in the root of the repository first.");
    }
}
