using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>The resident memory of a fetching and a serving client during the transfer of a very large file.</summary>
internal sealed class ClientMemoryComparison : IComparison
{
    private const long Size = 20L * 1024 * 1024 * 1024;
    private const double Mebibyte = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly Metric Fetching = new("most while fetching", "MiB", "0.0");
    private static readonly Metric Serving = new("most while serving", "MiB", "0.0");
    private static readonly Metric Flatness = new("second half / first half", "", "0.00");

    public string Name => "client-memory";

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        var file = Path.Combine(workspace.NewFolder("sparse"), "sparse.bin");
        await using (var sparse = File.Create(file))
            sparse.SetLength(Size);
        var contest = new Contest(Name, "VmRSS during 20 GiB (sparse)", Fetching, Serving, Flatness);
        await using var shared = await OwnerGroup.StartAsync(workspace, file, "sparse-owner", owners: 1);
        contest.Add("client", () => RunAsync(workspace, shared, file));
        contest.Add(new Goal(Fetching.Name, "client", null, 128));
        contest.Add(new Goal(Serving.Name, "client", null, 128));
        contest.Add(new Goal(Flatness.Name, "client", null, 1.1));
        contest.Note("Always one round, because it writes 20 GiB. The last column is that of the fetching client.");
        return await contest.RunAsync(Math.Min(rounds, 1), warmsUp: false);
    }

    private static async Task<double[]> RunAsync(Workspace workspace, OwnerGroup shared, string file)
    {
        await using var client = await RunningClient.StartAsync(shared.Server, "bench");
        var (fetching, serving) = (new List<double>(), new List<double>());
        var run = client.TimeAsync($"REQUEST {Path.GetFileName(file)}", "Saved ");
        using var tick = new PeriodicTimer(Interval);
        while (!run.IsCompleted)
        {
            fetching.Add(ProcessMetrics.ResidentBytes(client.Process.Id) / Mebibyte);
            serving.Add(ProcessMetrics.ResidentBytes(shared.Owners[0].Process.Id) / Mebibyte);
            await tick.WaitForNextTickAsync();
        }

        await run;
        File.Delete(client.Downloaded(Path.GetFileName(file)));
        var half = fetching.Count / 2;
        return [fetching.Max(), serving.Max(), fetching.Skip(half).Max() / fetching.Take(half).DefaultIfEmpty(fetching[0]).Max()];
    }
}
