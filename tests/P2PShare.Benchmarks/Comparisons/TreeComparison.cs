using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Many small files, announced and fetched, compared with rsync from its daemon.</summary>
internal sealed class TreeComparison : IComparison
{
    private const int Files = 10_000;
    private const int FileBytes = 4096;
    private const string Ours = "client";
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "tree";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var tree = MakeTree(Path.Combine(workspace.NewFolder("trees"), "tree"));
        using var homes = new Homes();
        var contest = new Contest(Name, $"{Files:N0} files of 4 KiB, announced and fetched", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        contest.Add(Ours, () => AnnounceAndFetchAsync(homes, server, tree));
        await using var rsync = await Rsync.TryStartAsync(tree, workspace.NewFolder("rsync"));
        if (rsync is null)
            contest.Note($"Skipped, not installed: {Rsync.Name}.");
        else
            contest.Add(Rsync.Name, () => FetchAsync(homes, rsync, tree));
        contest.Add(new Goal(Seconds.Name, Ours, Rsync.Name, 1.0));
        contest.Note(
            "The client's time is that of ANNOUNCE of the folder, with the hash of every file, and of REQUEST by another client; both "
            + "clients run already. rsync's is from the start of the program to its end; it reads the file list during the transfer. "
            + "Fetched files are deleted only at the end: ext4 examines every file deleted in the last minute before it creates one, "
            + "which makes any copy take four times as long.");
        return await contest.RunAsync(rounds);
    }

    private static string MakeTree(string tree)
    {
        var random = new Random(4);
        var content = new byte[FileBytes];
        for (var number = 0; number < Files; number++)
        {
            random.NextBytes(content);
            var folder = Directory.CreateDirectory(Path.Combine(tree, $"part-{number / 100:D3}"));
            File.WriteAllBytes(Path.Combine(folder.FullName, $"file-{number:D5}.bin"), content);
        }

        return tree;
    }

    private static async Task<double[]> AnnounceAndFetchAsync(Homes homes, RunningServer server, string tree)
    {
        await using var owner = await RunningClient.StartAsync(server, "bench");
        await using var client = await RunningClient.StartAsync(server, "bench", homes.New());
        Workspace.Settle();
        var announcing = await owner.TimeAsync($"ANNOUNCE {tree}", "Announced ");
        var fetching = await client.TimeAsync("REQUEST tree/", "every byte verified");
        MustBeEqual(tree, client.Downloaded("tree"));
        return [announcing + fetching];
    }

    private static async Task<double[]> FetchAsync(Homes homes, Rsync rsync, string tree)
    {
        var folder = homes.New().Path;
        Workspace.Settle();
        var seconds = await Tool.TimeAsync(Rsync.Name, "-a", rsync.Url, folder);
        MustBeEqual(tree, folder);
        return [seconds];
    }

    private sealed class Homes : IDisposable
    {
        private readonly List<TempFolder> _all = [];

        public TempFolder New()
        {
            _all.Add(new TempFolder());
            return _all[^1];
        }

        public void Dispose() => _all.ForEach(home => home.Dispose());
    }

    private static void MustBeEqual(string expected, string actual)
    {
        foreach (var file in Directory.EnumerateFiles(expected, "*", SearchOption.AllDirectories))
            Workspace.MustBeEqual(file, Path.Combine(actual, Path.GetRelativePath(expected, file)));
    }
}
