using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>Many small files, announced and fetched, compared with rsync from its daemon.</summary>
internal sealed class TreeComparison : IComparison
{
    private const string Ours = "client";
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "tree";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        using var tree = new SmallFiles(workspace);
        var contest = new Contest(Name, $"{SmallFiles.Count:N0} files of 4 KiB, announced and fetched", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        contest.Add(Ours, () => tree.AnnounceAndFetchAsync(server));
        await using var rsync = await Rsync.TryStartAsync(tree.Path, workspace.NewFolder("rsync"));
        if (rsync is null)
            contest.Note($"Skipped, not installed: {Rsync.Name}.");
        else
            contest.Add(Rsync.Name, () => FetchAsync(rsync, tree));
        contest.Add(new Goal(Seconds.Name, Ours, Rsync.Name, 1.0));
        contest.Note(
            "The client's time is that of ANNOUNCE of the folder, with the hash of every file, and of REQUEST by another client; both "
            + "clients run already. rsync's is from the start of the program to its end; it reads the file list during the transfer.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> FetchAsync(Rsync rsync, SmallFiles tree)
    {
        var folder = tree.NewHome().Path;
        Workspace.Settle();
        var seconds = await Tool.TimeAsync(Rsync.Name, "-a", rsync.Url, folder);
        tree.MustEqual(folder);
        return [seconds];
    }
}
