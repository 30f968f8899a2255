using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons.Encryption;

/// <summary>A large file from one owner in TLS, compared with curl over https, and with the same in clear text.</summary>
internal sealed class EncryptedFetchComparison : IComparison
{
    private const long Size = 2L * 1024 * 1024 * 1024;
    private const string Ours = "client, TLS";
    private const string Clear = "client, --no-encryption";
    private const string Rival = "curl, https";
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "fetch-tls";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var file = workspace.LargeFile(Size);
        var contest = new Contest(Name, "2 GiB over loopback from one owner, in TLS 1.3", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        await using var owner = await RunningClient.StartAsync(server, "bench");
        await owner.TimeAsync($"ANNOUNCE {file}", "Announced");
        contest.Add(Ours, () => TimedFetch.WithClientAsync(server, file));

        await using var clearServer = await RunningServer.StartAsync(0, "--no-encryption");
        await using var clearOwner = await RunningClient.StartAsync(clearServer, "bench");
        await clearOwner.TimeAsync($"ANNOUNCE {file}", "Announced");
        contest.Add(Clear, () => TimedFetch.WithClientAsync(clearServer, file));

        await using var nginx = await TryStartNginxAsync(workspace, file);
        if (nginx is null)
            contest.Note($"Skipped, not installed: {Nginx.Name} or curl.");
        else
            contest.Add(Rival, () => TimedFetch.IntoFolderAsync(workspace, file, folder => FetchAsync(folder, file, nginx)));
        contest.Add(new Goal(Seconds.Name, Ours, Rival, 1.0));
        contest.Note("The client verifies every byte, which curl does not. A server that does not encrypt names no keys, so that its "
            + "clients fetch in clear text from each other.");
        return await contest.RunAsync(rounds);
    }

    private static async Task<Nginx?> TryStartNginxAsync(Workspace workspace, string file)
    {
        if (Tool.Find(Nginx.Name) is null || Tool.Find("curl") is null)
            return null;
        var folder = workspace.NewFolder("nginx");
        return await Nginx.StartAsync(Path.GetDirectoryName(file)!, folder, new RivalCertificate(folder));
    }

    private static Task<double> FetchAsync(string folder, string file, Nginx nginx) =>
        Tool.TimeAsync("curl", "-s", "-f", "-k", "-o", Path.Combine(folder, Path.GetFileName(file)), nginx.UrlOf(file));
}
