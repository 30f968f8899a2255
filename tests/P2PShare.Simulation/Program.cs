using System.CommandLine;
using System.Diagnostics;
using P2PShare.Simulation;
using P2PShare.Simulation.Cluster;
using P2PShare.Simulation.Swarms;

var firstSeed = new Option<int>("--seed") { Description = "the first seed", DefaultValueFactory = _ => 1 };
var seeds = new Option<int>("--seeds") { Description = "how many seeds, one after the other", DefaultValueFactory = _ => 1 };
var peers = new Option<int>("--peers") { Description = "clients", DefaultValueFactory = _ => 50 };
var minutes = new Option<int>("--minutes") { Description = "simulated time", DefaultValueFactory = _ => 20 };
var twice = new Option<bool>("--twice") { Description = "run each seed twice, and compare the two runs" };
var show = new Option<bool>("--show") { Description = "print the event log" };
const string Description =
    "Simulates a server and its clients with a simulated network and clock. The same seed gives the same event log, byte by byte.";
var root = new RootCommand(Description)
{
    firstSeed, seeds, peers, minutes, twice, show,
};
root.Subcommands.Add(SwarmCommand.Create());
root.Subcommands.Add(MemoryCommand.Create());
root.Subcommands.Add(ClusterCommand.Create());
root.SetAction(arguments =>
{
    var violations = 0;
    for (var seed = arguments.GetValue(firstSeed); seed < arguments.GetValue(firstSeed) + arguments.GetValue(seeds); seed++)
    {
        var plan = new SimulationPlan(seed, arguments.GetValue(peers), TimeSpan.FromMinutes(arguments.GetValue(minutes)));
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = Run(plan, arguments.GetValue(show) ? Console.Out : null);
            if (arguments.GetValue(twice) && Run(plan, null) != result)
                throw new InvariantViolationException("the second run of the seed differs from the first");
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(FormattableString.Invariant(
                $"seed {seed}: {result.Fetched} downloads completed, {result.Failed} failed, {result.Killed} peers killed; ")
                + FormattableString.Invariant($"{result.Lines} events, digest {result.Digest}, {seconds:F1} s"));
        }
        catch (InvariantViolationException e)
        {
            violations++;
            Console.WriteLine($"seed {seed}: INVARIANT VIOLATED: {e.Message}");
            var options = $"--seed {seed} --peers {plan.Peers} --minutes {plan.Duration.TotalMinutes} --show";
            Console.WriteLine($"To repeat: dotnet run -c Release --project tests/P2PShare.Simulation -- {options}");
        }
    }

    return violations == 0 ? 0 : 1;
});
return root.Parse(args).Invoke();

static SimulationResult Run(SimulationPlan plan, TextWriter? output)
{
    using var run = new SimulationRun(plan, output);
    return run.Run();
}
