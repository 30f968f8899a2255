using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>ANNOUNCE of a large file, which is hashed, and ANNOUNCE of the same file again.</summary>
internal sealed class AnnounceComparison : IComparison
{
    private const long Size = 2L * 1024 * 1024 * 1024;
    private const string Ours = "client";
    private const string Again = "client, announced again";
    private const string Rival = "openssl dgst";
    private const string OpenSsl = "openssl";
    private static readonly Metric Seconds = new("time", "s", "0.000");

    public string Name => "announce";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var file = workspace.LargeFile(Size);
        var contest = new Contest(Name, "ANNOUNCE of 2 GiB in the page cache", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        using var known = new TempFolder();
        await AnnounceAsync(server, known, file);
        contest.Add(Ours, () => AnnounceAsync(server, home: null, file));
        contest.Add(Again, () => AnnounceAsync(server, known, file));
        if (Tool.Find(OpenSsl) is null)
            contest.Note($"Skipped, not installed: {OpenSsl}.");
        else
            contest.Add(Rival, async () => [await Tool.TimeAsync(OpenSsl, "dgst", "-sha256", file)]);
        contest.Add(new Goal(Seconds.Name, Ours, Rival, 0.6));
        contest.Add(new Goal(Seconds.Name, Again, null, 0.1));
        contest.Note("Announced again: by a new run of the client, in the same home folder.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<double[]> AnnounceAsync(RunningServer server, TempFolder? home, string file)
    {
        await using var client = await RunningClient.StartAsync(server, "bench", home);
        return [await client.TimeAsync($"ANNOUNCE {file}", "Announced")];
    }
}
