using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>One download into an empty folder, after all dirty pages were written, and compared byte by byte afterwards.</summary>
internal static class TimedFetch
{
    private const string Folder = "fetched";

    /// <summary>Fetches with a new client, which is connected before the measurement.</summary>
    public static async Task<double[]> WithClientAsync(RunningServer server, string file)
    {
        await using var client = await RunningClient.StartAsync(server, "bench");
        Workspace.Settle();
        var name = Path.GetFileName(file);
        var seconds = await client.TimeAsync($"REQUEST {name}", "Saved ");
        Workspace.MustBeEqual(file, client.Downloaded(name));
        File.Delete(client.Downloaded(name));
        return [seconds];
    }

    /// <summary>Fetches with another program.</summary>
    /// <param name="workspace">The workspace for the folder.</param>
    /// <param name="file">The file to fetch.</param>
    /// <param name="fetchAsync">TimedFetch it into the folder, under its own name, and gives the seconds it took.</param>
    public static async Task<double[]> IntoFolderAsync(Workspace workspace, string file, Func<string, Task<double>> fetchAsync)
    {
        var folder = workspace.NewFolder(Folder);
        Workspace.Settle();
        var seconds = await fetchAsync(folder);
        var fetched = Path.Combine(folder, Path.GetFileName(file));
        Workspace.MustBeEqual(file, fetched);
        File.Delete(fetched);
        return [seconds];
    }
}
