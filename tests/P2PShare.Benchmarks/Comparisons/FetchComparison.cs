using System.Globalization;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>A large file from one owner, with every byte verified, compared with common download programs.</summary>
internal sealed class FetchComparison : IComparison
{
    private const long Size = 2L * 1024 * 1024 * 1024;
    private const string Ours = "client";
    private static readonly Metric Seconds = new("time", "s");

    public string Name => "fetch";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var file = workspace.LargeFile(Size);
        var contest = new Contest(Name, "2 GiB over loopback from one owner", Seconds);
        await using var server = await RunningServer.StartForCrowdAsync();
        await using var owner = await RunningClient.StartAsync(server, "bench");
        await owner.TimeAsync($"ANNOUNCE {file}", "Announced");
        contest.Add(Ours, () => TimedFetch.WithClientAsync(server, file));
        await using var nginx = Tool.Find(Nginx.Name) is null
            ? null
            : await Nginx.StartAsync(Path.GetDirectoryName(file)!, workspace.NewFolder("nginx"));
        AddHttp(contest, workspace, nginx, file);
        await using var libtorrent = await Libtorrent.TryStartAsync(file, workspace.NewFolder("torrent"));
        if (libtorrent is null)
            contest.Note("Skipped, not installed: python3-libtorrent.");
        else
            contest.Add("libtorrent", () => TimedFetch.IntoFolderAsync(workspace, file, libtorrent.FetchAsync));
        contest.Add(new Goal(Seconds.Name, Ours, "curl", 1.0));
        contest.Add(new Goal(Seconds.Name, Ours, "curl, then openssl dgst", 0.6));
        contest.Add(new Goal(Seconds.Name, Ours, "libtorrent", 0.5));
        contest.Add(new Goal(Seconds.Name, Ours, "aria2", 0.7));
        contest.Note("The client's time is from the REQUEST until it prints that every byte is verified; that of curl and aria2 "
            + "from the start of the program to its end; libtorrent's from adding the torrent until all pieces are verified.");
        return await contest.RunAsync(rounds);
    }

    private static void AddHttp(Contest contest, Workspace workspace, Nginx? nginx, string file)
    {
        string[] missing = [.. new[] { Nginx.Name, "curl", "openssl", "aria2c" }.Where(one => Tool.Find(one) is null)];
        if (missing.Length > 0)
            contest.Note($"Skipped, not installed: {string.Join(", ", missing)}.");
        if (nginx is null)
            return;
        var url = nginx.UrlOf(file);
        var name = Path.GetFileName(file);
        Task<double> Curl(string folder) => Tool.TimeAsync("curl", "-s", "-f", "-o", Path.Combine(folder, name), url);
        if (!missing.Contains("curl"))
            contest.Add("curl", () => TimedFetch.IntoFolderAsync(workspace, file, Curl));
        if (!missing.Contains("curl") && !missing.Contains("openssl"))
        {
            contest.Add("curl, then openssl dgst", () => TimedFetch.IntoFolderAsync(workspace, file, async folder =>
                await Curl(folder) + await Tool.TimeAsync("openssl", "dgst", "-sha256", Path.Combine(folder, name))));
        }

        if (!missing.Contains("aria2c"))
        {
            contest.Add("aria2", () => TimedFetch.IntoFolderAsync(workspace, file, folder =>
                Tool.TimeAsync(
                    "aria2c", "-q", "--file-allocation=none", string.Create(CultureInfo.InvariantCulture, $"--dir={folder}"), url)));
        }
    }
}
