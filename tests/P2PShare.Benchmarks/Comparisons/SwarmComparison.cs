using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Benchmarks.Swarm;

namespace P2PShare.Benchmarks.Comparisons;

/// <summary>
/// Clients that fetch one file from one owner at the same time, each on a host of its own behind an uplink of the same rate, compared
/// with the time of one copy and with libtorrent on the same network.
/// </summary>
internal sealed partial class SwarmComparison : IComparison
{
    private const string Ours = "client";
    private const string WithTakers = "client, a fifth never give";

    // Measured with 128, 256 and 1024, too: libtorrent is fastest with 64; 1024 takes almost twice the time for 16 MiB.
    private const int LibtorrentPieceKibibytes = 64;

    private readonly SwarmWorkload _workload;
    private readonly Goal[] _goals;

    private SwarmComparison(string name, SwarmWorkload workload, params Goal[] goals) =>
        (Name, _workload, _goals) = (name, workload, goals);

    public static IReadOnlyList<SwarmComparison> All { get; } =
    [
        new("swarm", new SwarmWorkload(8, 64, 40), Own(SwarmRounds.Last, 1.3), Own(SwarmRounds.Sent, 1.1)),
        new("swarm-small", new SwarmWorkload(8, 16, 40), Own(SwarmRounds.Last, 1.6)),
        new("swarm-large", new SwarmWorkload(50, 64, 20), Own(SwarmRounds.Last, 1.5)),
        new("swarm-owner-killed", new SwarmWorkload(8, 64, 40) { Event = SwarmEvent.OwnerIsKilled }, Own(SwarmRounds.Received, 1.05)),
        new("swarm-leavers", new SwarmWorkload(8, 64, 40) { Event = SwarmEvent.HalfLeave }, Own(SwarmRounds.Last, 1.7)),
        new(
            "swarm-takers",
            new SwarmWorkload(50, 64, 20) { Event = SwarmEvent.SomeNeverGive },
            new Goal(SwarmRounds.Mean, WithTakers, Ours, 1.1)),
    ];

    public string Name { get; }

    private string Work => string.Create(
        CultureInfo.InvariantCulture,
        $"{_workload.ClientCount} clients fetch {_workload.Mebibytes} MiB from one owner, uplinks of {_workload.Mbits} Mbit/s{EventText}");

    private string EventText => _workload.Event switch
    {
        SwarmEvent.OwnerIsKilled => string.Create(
            CultureInfo.InvariantCulture, $", and the owner is killed when it has sent {SwarmRun.CopiesBeforeKill} copies"),
        SwarmEvent.HalfLeave => ", and every second client is killed when it has the file",
        SwarmEvent.SomeNeverGive => string.Create(CultureInfo.InvariantCulture, $", {_workload.TakerCount} of which never give"),
        _ => "",
    };

    /// <summary>
    /// The comparison with this name and another workload, such as swarm-4x8 for 4 clients and 8 MiB, or swarm-4x8@100 for 100 Mbit/s,
    /// too; null where the name is none.
    /// </summary>
    public static SwarmComparison? Resized(string name)
    {
        var match = ResizedName().Match(name);
        if (!match.Success || All.FirstOrDefault(one => one.Name == match.Groups["row"].Value) is not { } row)
            return null;
        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        var workload = row._workload with { ClientCount = Number("clients"), Mebibytes = Number("mebibytes") };
        if (match.Groups["mbits"].Success)
            workload = workload with { Mbits = Number("mbits") };
        return new SwarmComparison(name, workload, row._goals);
    }

    public async Task<Result> RunAsync(Workspace workspace, int rounds)
    {
        if (await WhyNotAsync() is { } reason)
            return new Result(Name, Work, [], [], [$"Skipped: {reason}."]);
        using var interruption = new Interruption();
        var file = workspace.LargeFile(_workload.Bytes);
        var contest = new Contest(Name, Work, SwarmRounds.Metrics);
        var contestants = new SwarmRounds(contest, workspace, file, interruption.Token);
        var client = new ClientProgram(file);
        if (_workload.Event == SwarmEvent.SomeNeverGive)
        {
            contestants.Add(WithTakers, client, _workload);
            contestants.Add(Ours, client, _workload with { Event = SwarmEvent.None });
        }
        else
        {
            contestants.Add(Ours, client, _workload);
        }

        if (_workload.Event == SwarmEvent.None)
            await AddLibtorrentAsync(contest, contestants, workspace, file);
        foreach (var goal in _goals)
            contest.Add(goal);
        contest.Note(
            "Each host is a network namespace. All clients begin at the same moment, when all are connected; the figures are those of the "
            + "clients that give. Time is divided by that of one copy, the size of the file divided by the rate of an uplink; bytes by the "
            + "size of the file. Bytes are those at the interface without headers, so they include requests and what was sent again.");
        return await contest.RunAsync(rounds, warmsUp: false);
    }

    private async Task<string?> WhyNotAsync() =>
        await ShapedNetwork.WhyNotAsync()
        ?? (_workload.TakerCount > 0 && !await ClientProgram.CanOnlyTakeAsync() ? "the client has no option --no-reshare" : null);

    private async Task AddLibtorrentAsync(Contest contest, SwarmRounds contestants, Workspace workspace, string file)
    {
        var folder = workspace.NewFolder("torrent");
        if (await Libtorrent.TryMakeTorrentAsync(file, folder, LibtorrentPieceKibibytes) is not var (script, torrent))
            contest.Note("Skipped, not installed: python3-libtorrent.");
        else
            contestants.Add("libtorrent", new LibtorrentProgram(script, torrent, file), _workload);
    }

    private static Goal Own(string metric, double bound) => new(metric, Ours, null, bound);

    [GeneratedRegex(@"^(?<row>swarm[a-z-]*?)-(?<clients>\d+)x(?<mebibytes>\d+)(@(?<mbits>\d+))?$")]
    private static partial Regex ResizedName();
}
