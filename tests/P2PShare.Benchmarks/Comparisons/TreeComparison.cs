using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Row 4: many small files, announced and fetched, beside rsync from its daemon.</summary>
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
        var contest = new Contest(Name, $"{Files:N0} files of 4 KiB, announced and fetched", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        contest.Add(Ours, () => AnnounceAndFetchAsync(workspace, server, tree));
        await using var rsync = await Rsync.TryStartAsync(tree, workspace.NewFolder("rsync"));
        if (rsync is null)
            contest.Note($"Skipped, not installed: {Rsync.Name}.");
        else
            contest.Add(Rsync.Name, () => FetchAsync(workspace, rsync, tree));
        contest.Add(new Goal(Seconds.Name, Ours, Rsync.Name, 1.0));
        contest.Note("The client's time is ANNOUNCE of the folder, hashing every file, and REQUEST of it by another; both run already. "
            + "rsync's is from the start of the program to its end; it looks at each file while it transfers them.");
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

    private static async Task<double[]> AnnounceAndFetchAsync(Workspace workspace, RunningServer server, string tree)
    {
        await using var owner = await RunningClient.StartAsync(server, "bench");
        await using var client = await RunningClient.StartAsync(server, "bench");
        Workspace.Settle();
        var announcing = await owner.TimeAsync($"ANNOUNCE {tree}", "Announced ");
        var fetching = await client.TimeAsync("REQUEST tree/", "every byte verified");
        MustBeEqual(tree, client.Downloaded("tree"));
        return [announcing + fetching];
    }

    private static async Task<double[]> FetchAsync(Workspace workspace, Rsync rsync, string tree)
    {
        var folder = workspace.NewFolder("fetched");
        Workspace.Settle();
        var seconds = await Tool.TimeAsync(Rsync.Name, "-a", rsync.Url, folder);
        MustBeEqual(tree, folder);
        return [seconds];
    }

    private static void MustBeEqual(string expected, string actual)
    {
        foreach (var file in Directory.EnumerateFiles(expected, "*", SearchOption.AllDirectories))
            Workspace.MustBeEqual(file, Path.Combine(actual, Path.GetRelativePath(expected, file)));
    }
}
