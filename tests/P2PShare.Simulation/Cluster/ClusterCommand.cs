using System.CommandLine;
using System.Diagnostics;
using P2PShare.Server.Tests.Cluster;

namespace P2PShare.Simulation.Cluster;

/// <summary>The command line of the simulation of several servers.</summary>
internal static class ClusterCommand
{
    private const string Description =
        "Simulates servers that answer for one registry: the real decisions, and a model of NATS that delays, loses and repeats.";

    // Items of one page; few, so that a client has several pages.
    private const int ItemsInPage = 3;

    public static Command Create()
    {
        var firstSeed = new Option<int>("--seed") { Description = "the first seed", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "how many seeds, one after the other", DefaultValueFactory = _ => 1 };
        var servers = new Option<int>("--servers") { Description = "servers of the cluster", DefaultValueFactory = _ => 5 };
        var twice = new Option<bool>("--twice") { Description = "run each seed twice, and compare the two runs" };
        var show = new Option<bool>("--show") { Description = "print the faults" };
        var real = new Option<bool>("--real") { Description = "use the registry of the program instead of its model" };
        var command = new Command("cluster", Description) { firstSeed, seeds, servers, twice, show, real };
        command.SetAction(arguments =>
        {
            var (first, count) = (arguments.GetValue(firstSeed), arguments.GetValue(seeds));
            var (started, violations, checks) = (Stopwatch.GetTimestamp(), 0, 0L);
            Func<TimeProvider, IClusterRegistry> createRegistry =
                arguments.GetValue(real) ? RealRegistry.Create : _ => new PageRegistryModel(ItemsInPage);
            for (var seed = first; seed < first + count; seed++)
            {
                var plan = new ClusterPlan(seed, arguments.GetValue(servers), createRegistry);
                if (TryRun(plan, arguments.GetValue(twice), arguments.GetValue(show) ? Console.Out : null, count > 20, out var result))
                    checks += result!.Checks;
                else
                    violations++;
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(FormattableString.Invariant(
                $"{count} seeds, {violations} violations, {checks} registries compared, {seconds:F0} s"));
            return violations == 0 ? 0 : 1;
        });
        return command;
    }

    private static bool TryRun(ClusterPlan plan, bool twice, TextWriter? log, bool isBrief, out ClusterResult? result)
    {
        result = null;
        try
        {
            result = new ClusterRun(plan, log).Run();
            if (twice && new ClusterRun(plan, null).Run() != result)
                throw new InvariantViolationException("the second run of the seed differs from the first");
            if (!isBrief)
                Console.WriteLine(FormattableString.Invariant($"seed {plan.Seed}: {result.Seconds:F0} s, {result.Operations} operations, ")
                    + FormattableString.Invariant($"{result.Faults} faults, {result.Rejoins} new ids, digest {result.Digest:x16}"));
            return true;
        }
        catch (InvariantViolationException e)
        {
            Console.WriteLine($"seed {plan.Seed}: INVARIANT VIOLATED: {e.Message}");
            var options = $"cluster --seed {plan.Seed} --servers {plan.Servers} --show";
            Console.WriteLine($"To repeat: dotnet run -c Release --project tests/P2PShare.Simulation -- {options}");
            return false;
        }
    }
}
