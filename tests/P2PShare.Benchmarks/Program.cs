using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Running;
using P2PShare.Benchmarks;
using P2PShare.Benchmarks.Comparisons;
using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;
using P2PShare.Testing.Processes;

if (args is ["inner", ..])
{
    BenchmarkSwitcher.FromAssembly(typeof(IComparison).Assembly).Run(args.Length > 1 ? args[1..] : ["--filter", "*"]);
    return 0;
}

var known = ComparisonList.Comparisons;
var rounds = Array.IndexOf(args, "--rounds") is >= 0 and var at && at + 1 < args.Length
    ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
    : 5;
var names = args.TakeWhile(one => !one.StartsWith("--", StringComparison.Ordinal)).ToArray();
var chosen = names is ["all"] ? known : [.. names.Select(ComparisonList.Find).OfType<IComparison>()];
if (chosen.Count == 0 || (names is not ["all"] && chosen.Count != names.Length))
{
    Console.Error.WriteLine(
        $"""
        usage: <name>...|all [--rounds N] [--json], or inner; names: {string.Join(' ', known.Select(one => one.Name))}
        The name of a swarm takes another number of clients, size in MiB and uplink in Mbit/s: swarm-4x8, swarm-leavers-20x64@20.
        """);
    return 2;
}

var asJson = args.Contains("--json");
DescriptorLimit.Raise();
using var workspace = new Workspace();
var results = new List<Result>();
if (!asJson)
    Console.WriteLine($"{Machine.Describe()}; {rounds} rounds\n");
foreach (var comparison in chosen)
{
    try
    {
        var result = await comparison.RunAsync(workspace, rounds);
        results.Add(result);
        if (!asJson)
            Console.WriteLine(result.ToMarkdown());
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"{comparison.Name} was interrupted.");
        return 130;
    }
}

if (asJson)
{
    var tree = new { machine = Machine.Describe(), rounds, results = results.Select(result => result.ToTree()) };
    Console.WriteLine(JsonSerializer.Serialize(tree, ComparisonList.Json));
}

return 0;
