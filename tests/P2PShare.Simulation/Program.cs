using System.CommandLine;
using System.Diagnostics;
using P2PShare.Simulation;

var firstSeed = new Option<int>("--seed") { Description = "the first seed", DefaultValueFactory = _ => 1 };
var seeds = new Option<int>("--seeds") { Description = "how many seeds, one after the other", DefaultValueFactory = _ => 1 };
var peers = new Option<int>("--peers") { Description = "clients", DefaultValueFactory = _ => 50 };
var minutes = new Option<int>("--minutes") { Description = "simulated time", DefaultValueFactory = _ => 20 };
var twice = new Option<bool>("--twice") { Description = "play each seed twice, and compare the two runs" };
var show = new Option<bool>("--show") { Description = "print the event log" };
var root = new RootCommand("Plays a server and its clients on a network and a clock of their own. The same seed is the same run, to the byte of its event log.")
{
    firstSeed, seeds, peers, minutes, twice, show,
};
root.SetAction(arguments =>
{
    var broken = 0;
    for (var seed = arguments.GetValue(firstSeed); seed < arguments.GetValue(firstSeed) + arguments.GetValue(seeds); seed++)
    {
        var plan = new StoryPlan(seed, arguments.GetValue(peers), TimeSpan.FromMinutes(arguments.GetValue(minutes)));
        var started = Stopwatch.GetTimestamp();
        try
        {
            var end = Play(plan, arguments.GetValue(show) ? Console.Out : null);
            if (arguments.GetValue(twice) && Play(plan, null) != end)
                throw new BrokenRuleException("played a second time, it is another run");
            Console.WriteLine(FormattableString.Invariant(
                $"seed {seed}: {end.Fetched} files whole, {end.Failed} not, {end.Killed} peers killed; {end.Lines} events, digest {end.Digest}, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
        }
        catch (BrokenRuleException e)
        {
            broken++;
            Console.WriteLine($"seed {seed}: BROKEN RULE: {e.Message}");
            Console.WriteLine($"Again: dotnet run -c Release --project tests/P2PShare.Simulation -- --seed {seed} --peers {plan.Peers} --minutes {plan.Duration.TotalMinutes} --show");
        }
    }

    return broken == 0 ? 0 : 1;
});
return root.Parse(args).Invoke();

static StoryEnd Play(StoryPlan plan, TextWriter? shown)
{
    using var story = new Story(plan, shown);
    return story.Play();
}
