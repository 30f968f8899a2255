using System.CommandLine;
using P2PShare.Fuzz;
using P2PShare.Fuzz.Targets;

var minutes = new Option<double>("--minutes") { Description = "duration, for all targets together", DefaultValueFactory = _ => 1 };
var seed = new Option<int>("--seed") { Description = "the seed; random by default", DefaultValueFactory = _ => Random.Shared.Next() };
var only = new Option<int?>("--case") { Description = "run only this case of the seed" };
const string Description =
    "Runs mutated conversations against all code that reads untrusted input. Each case is determined by the seed and its number.";
var root = new RootCommand(Description) { minutes, seed, only };
root.SetAction(async arguments =>
{
    using var peer = new PeerSessionTarget();
    using var download = new PeerAnswersTarget();
    using var handshake = new TlsHandshakeTarget();
    using var gate = new MemberGateTarget();
    using var members = new MembersMessageTarget();
    IFuzzTarget[] targets =
    [
        new FileNameTarget(), new ServerSessionTarget(), peer, new ServerAnswersTarget(), download, handshake, gate,
        new ClusterMessagesTarget(), new ClusterNodeTarget(), members,
    ];
    var run = new FuzzRun(targets, arguments.GetValue(seed));
    return arguments.GetValue(only) is { } number
        ? await run.RunCaseAsync(number) ? 0 : 1
        : await run.RunForAsync(TimeSpan.FromMinutes(arguments.GetValue(minutes))) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
