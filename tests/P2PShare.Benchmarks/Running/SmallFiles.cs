using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>
/// A folder of many small files, and the homes of the clients that fetched it. These are deleted only at the end: ext4 examines every
/// file that was deleted in the last minute before it creates one, which makes any copy take four times as long.
/// </summary>
internal sealed class SmallFiles : IDisposable
{
    public const int Count = 10_000;
    private const int FileBytes = 4096;
    private const int PerFolder = 100;
    private const string Name = "tree";

    private readonly List<TempFolder> _homes = [];

    public SmallFiles(Workspace workspace)
    {
        Path = System.IO.Path.Combine(workspace.NewFolder("trees"), Name);
        var random = new Random(4);
        var content = new byte[FileBytes];
        for (var number = 0; number < Count; number++)
        {
            random.NextBytes(content);
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, $"part-{number / PerFolder:D3}"));
            File.WriteAllBytes(System.IO.Path.Combine(folder.FullName, $"file-{number:D5}.bin"), content);
        }
    }

    public string Path { get; }

    public TempFolder NewHome()
    {
        _homes.Add(new TempFolder());
        return _homes[^1];
    }

    /// <summary>Announces the folder with one new client, and fetches it with another. Both are connected before the measurement.</summary>
    /// <returns>The seconds of both commands together.</returns>
    public async Task<double[]> AnnounceAndFetchAsync(RunningServer server)
    {
        await using var owner = await RunningClient.StartAsync(server, "bench");
        await using var client = await RunningClient.StartAsync(server, "bench", NewHome());
        Workspace.Settle();
        var announcing = await owner.TimeAsync($"ANNOUNCE {Path}", "Announced ");
        var fetching = await client.TimeAsync($"REQUEST {Name}/", "every byte verified");
        MustEqual(client.Downloaded(Name));
        return [announcing + fetching];
    }

    public void MustEqual(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
            Workspace.MustBeEqual(file, System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(Path, file)));
    }

    public void Dispose() => _homes.ForEach(home => home.Dispose());
}
