using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>Many small files, announced and fetched in TLS, compared with the same in clear text.</summary>
internal sealed class EncryptedTreeComparison : IComparison
{
    private const string Ours = "client, TLS";
    private const string Clear = "client, --no-encryption";
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "tree-tls";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        using var tree = new SmallFiles(workspace);
        var contest = new Contest(Name, $"{SmallFiles.Count:N0} files of 4 KiB, announced and fetched in TLS 1.3", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        contest.Add(Ours, () => tree.AnnounceAndFetchAsync(server));
        await using var clearServer = await RunningServer.StartAsync(0, "--no-encryption");
        contest.Add(Clear, () => tree.AnnounceAndFetchAsync(clearServer));
        contest.Add(new Goal(Seconds.Name, Ours, Clear, 1.15));
        return await contest.RunAsync(rounds);
    }
}
