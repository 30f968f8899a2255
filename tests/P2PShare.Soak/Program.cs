using System.CommandLine;
using P2PShare.Soak;

var seed = new Option<int>("--seed")
{
    Description = "the seed of all random choices, but not of the timing; random by default",
    DefaultValueFactory = _ => Random.Shared.Next(),
};

var minutes = new Option<double>("--minutes") { Description = "duration", DefaultValueFactory = _ => 30 };
var clients = new Option<int>("--clients") { Description = "number of participants at a time", DefaultValueFactory = _ => 200 };
const string SoakDescription =
    "Runs clients that start, announce, fetch, end and are killed at random, among lying owners and port scanners, and compares each byte.";
var soak = new Command("soak", SoakDescription) { minutes, clients, seed };
soak.SetAction(async (arguments, cancellation) =>
{
    var plan = new SoakPlan(TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(clients), arguments.GetValue(seed));
    return await new SoakRun(plan, Console.Out).RunAsync(cancellation) ? 0 : 1;
});

var connections = new Option<int>("--connections")
{
    Description = "number of connections, to the server and to a client each",
    DefaultValueFactory = _ => 100_000,
};
var descriptors = new Option<int>("--descriptors")
{
    Description = "descriptor limit of each program (ulimit -n)",
    DefaultValueFactory = _ => 256,
};
var churn = new Command(
    "churn", "Opens connections that end in every way, and measures the resources that remain in use.") { connections, descriptors, seed };
churn.SetAction(async (arguments, cancellation) =>
{
    var run = new ChurnRun(arguments.GetValue(connections), arguments.GetValue(descriptors), arguments.GetValue(seed), Console.Out);
    return await run.RunAsync(cancellation) ? 0 : 1;
});

var root = new RootCommand(
    "Runs the published programs (`dotnet publish -c Release` first) under load. Exits with 1 where a check failed.") { soak, churn };
return await root.Parse(args).InvokeAsync();
