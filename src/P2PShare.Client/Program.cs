using P2PShare.Client;
using P2PShare.Client.Cli;
using P2PShare.Client.Cli.Display;
using P2PShare.Networking;

var commandLine = new CommandLine();
var arguments = EnvironmentOptions.Parse(commandLine.Root, args, Environment.GetEnvironmentVariable);
if (commandLine.FirstProblem(arguments) is { } problem)
{
    Console.Error.WriteLine($"{Screen.Safe(problem)} (client --help tells the rest)");
    return ExitCodes.BadArguments;
}

// The action does not run for --help and --version, and leaves this null.
ClientOptions? options = null;
commandLine.Root.SetAction(result => options = commandLine.OptionsOf(result));
arguments.Invoke();
if (options is null)
    return ExitCodes.Success;
using var program = new ClientProgram(options, Dialer.ConnectAsync, TimeProvider.System);
return await program.RunAsync();
