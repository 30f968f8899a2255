using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>One fetch of one file: into an empty folder, on a disk that has nothing left to write, compared byte for byte afterwards.</summary>
internal static class Fetches
{
    private const string Folder = "fetched";

    /// <summary>With a client of its own, connected before the time is taken.</summary>
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

    /// <param name="workspace">Where.</param>
    /// <param name="file">What.</param>
    /// <param name="fetchAsync">Fetches it into the folder, under its own name, and gives the seconds it took.</param>
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
