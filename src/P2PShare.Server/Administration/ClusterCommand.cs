using System.CommandLine;
using System.CommandLine.Invocation;
using P2PShare.Protocol.Text;
using P2PShare.Server.Cluster;
using P2PShare.Server.Cluster.Nats;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Administration;

/// <summary>The command that shows the servers of a cluster.</summary>
/// <param name="variable">Returns an environment variable's value, or null.</param>
/// <param name="time">The clock of the leases' ages.</param>
internal sealed class ClusterCommand(Func<string, string?> variable, TimeProvider time)
{
    private const string Word = "cluster";

    /// <summary>Whether a command line is this command, and not the server's.</summary>
    public static bool Is(string[] arguments) => arguments is [Word, ..];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The words of the command line.</param>
    /// <param name="errors">Standard error.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(string[] arguments, TextWriter errors)
    {
        var root = new RootCommand("The cluster that servers are in.") { Show() };
        var result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is not ParseErrorAction)
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        await errors.WriteLineAsync($"server: {Printable.Of(result.Errors[0].Message)} Try 'server {Word} --help'.");
        return ExitCodes.BadUsage;
    }

    private Command Show()
    {
        var options = new ClusterOptionGroup("The NATS servers of the cluster (default: the one on this machine).");
        var json = new Option<bool>("--json") { Description = "Write the servers as JSON, an object a line." };
        const string Description = "Show the servers of a cluster: since when each runs, what its clients share, and how it is.";
        var command = new Command(Word, Description) { json };
        foreach (var option in options.ForReading)
            command.Add(option);
        command.SetAction(async (result, cancellation) =>
        {
            var output = result.InvocationConfiguration.Output;
            try
            {
                var servers = await ClusterReader.ReadAsync(options.ReadOrNamed(result, variable), time, cancellation);
                foreach (var line in result.GetValue(json) ? ClusterTable.Json(servers, time) : ClusterTable.Text(servers))
                    await output.WriteLineAsync(line);
                return ExitCodes.Ok;
            }
            catch (ClusterException e)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"server: cannot read the cluster: {e.Message}.");
                return ExitCodes.CannotJoin;
            }
        });
        return command;
    }
}
