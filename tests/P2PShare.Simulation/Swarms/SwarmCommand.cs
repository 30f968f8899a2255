using System.CommandLine;
using System.Diagnostics;

namespace P2PShare.Simulation.Swarms;

/// <summary>The command line of the simulation of large swarms.</summary>
internal static class SwarmCommand
{
    private const string Description =
        "Simulates peers behind equal uplinks that fetch one file from one owner: the real decisions, and a model of the network.";

    public static Command Create()
    {
        var firstSeed = new Option<int>("--seed") { Description = "the first seed", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "how many seeds, one after the other", DefaultValueFactory = _ => 1 };
        var peers = new Option<int>("--peers") { Description = "peers that fetch", DefaultValueFactory = _ => 100 };
        var pieces = new Option<int>("--pieces") { Description = "pieces of 1 MiB", DefaultValueFactory = _ => 128 };
        var mbits = new Option<double>("--mbits") { Description = "Mbit/s of each uplink", DefaultValueFactory = _ => 40 };
        var latency = new Option<double>("--latency") { Description = "ms of each message", DefaultValueFactory = _ => 20 };
        var leavers = new Option<double>("--leavers") { Description = "percent of the peers that leave", DefaultValueFactory = _ => 0 };
        var most = new Option<double>("--most")
        {
            Description = "fail where the last peer takes more times of one copy",
            DefaultValueFactory = _ => double.PositiveInfinity,
        };
        var twice = new Option<bool>("--twice") { Description = "run each seed twice, and compare the two runs" };
        var command = new Command("swarm", Description) { firstSeed, seeds, peers, pieces, mbits, latency, leavers, most, twice };
        command.SetAction(arguments =>
        {
            var first = arguments.GetValue(firstSeed);
            var violations = 0;
            for (var seed = first; seed < first + arguments.GetValue(seeds); seed++)
            {
                var plan = new SwarmPlan(seed, arguments.GetValue(peers), arguments.GetValue(pieces))
                {
                    BytesPerSecond = arguments.GetValue(mbits) * 1e6 / 8,
                    Latency = TimeSpan.FromMilliseconds(arguments.GetValue(latency)),
                    Leavers = arguments.GetValue(leavers) / 100,
                };
                violations += TryRun(plan, arguments.GetValue(most), arguments.GetValue(twice)) ? 0 : 1;
            }

            return violations == 0 ? 0 : 1;
        });
        return command;
    }

    private static bool TryRun(SwarmPlan plan, double most, bool twice)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = new SwarmRun(plan).Run();
            Console.WriteLine(FormattableString.Invariant(
                $"seed {plan.Seed}: last {result.Last:F2} copies, mean {result.Mean:F2}, first owner sent {result.SentByFirst:F2}, ")
                + FormattableString.Invariant($"{result.Twice:P2} received twice, {result.Left} left; ")
                + FormattableString.Invariant($"{result.Events} events, digest {result.Digest:x16}, ")
                + FormattableString.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
            if (twice && new SwarmRun(plan).Run() != result)
                throw new InvariantViolationException("the second run of the seed differs from the first");
            if (result.Last > most)
                throw new InvariantViolationException("the last peer took too long");
            return true;
        }
        catch (InvariantViolationException e)
        {
            Console.WriteLine($"seed {plan.Seed}: INVARIANT VIOLATED: {e.Message}");
            return false;
        }
    }
}
