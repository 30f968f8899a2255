using System.CommandLine;
using P2PShare.Soak;

var seed = new Option<int>("--seed") { Description = "what the crowd does follows from it, but for the timing; another one each time where it is not given", DefaultValueFactory = _ => Random.Shared.Next() };

var minutes = new Option<double>("--minutes") { Description = "how long", DefaultValueFactory = _ => 30 };
var clients = new Option<int>("--clients") { Description = "how many there are at any time", DefaultValueFactory = _ => 200 };
var soak = new Command("soak", "Clients that come, go, announce, fetch, lie and die at random, and every byte that they fetch compared.") { minutes, clients, seed };
soak.SetAction(async (arguments, cancellation) =>
{
    var plan = new SoakPlan(TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(clients), arguments.GetValue(seed));
    return await new SoakRun(plan, Console.Out).RunAsync(cancellation) ? 0 : 1;
});

var connections = new Option<int>("--connections") { Description = "how many, to the server and to a client each", DefaultValueFactory = _ => 100_000 };
var descriptors = new Option<int>("--descriptors") { Description = "how many files and connections each program may have open (ulimit -n)", DefaultValueFactory = _ => 256 };
var churn = new Command("churn", "Connections that end in every way there is, and what they leave behind.") { connections, descriptors, seed };
churn.SetAction(async (arguments, cancellation) =>
    await new ChurnRun(arguments.GetValue(connections), arguments.GetValue(descriptors), arguments.GetValue(seed), Console.Out).RunAsync(cancellation) ? 0 : 1);

var root = new RootCommand("Runs the published programs (`dotnet publish -c Release` first) under a crowd. Exits with 1 where something did not hold.") { soak, churn };
return await root.Parse(args).InvokeAsync();
