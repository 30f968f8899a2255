using System.CommandLine;
using P2PShare.Fuzz;
using P2PShare.Fuzz.Targets;

var minutes = new Option<double>("--minutes") { Description = "how long, for all targets together", DefaultValueFactory = _ => 1 };
var seed = new Option<int>("--seed") { Description = "the seed; another one each time where it is not given", DefaultValueFactory = _ => Random.Shared.Next() };
var only = new Option<int?>("--case") { Description = "play this case of the seed only" };
var root = new RootCommand("Plays mutated conversations against every side that reads a stranger. Each case follows from the seed and its number.") { minutes, seed, only };
root.SetAction(async arguments =>
{
    using var peer = new PeerSessionTarget();
    using var download = new PeerAnswersTarget();
    IFuzzTarget[] targets = [new FileNameTarget(), new ServerSessionTarget(), peer, new ServerAnswersTarget(), download];
    var run = new FuzzRun(targets, arguments.GetValue(seed));
    return arguments.GetValue(only) is { } number
        ? await run.PlayAsync(number) ? 0 : 1
        : await run.PlayForAsync(TimeSpan.FromMinutes(arguments.GetValue(minutes))) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
