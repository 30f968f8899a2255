using P2PShare.Client;
using P2PShare.Client.Cli;
using P2PShare.Networking;

var commandLine = new CommandLine();
var arguments = commandLine.Root.Parse(args);
if (arguments.Errors.Count > 0)
{
    Console.Error.WriteLine($"{arguments.Errors[0].Message} (client --help tells the rest)");
    return ExitCodes.BadArguments;
}

// Set only by the arguments themselves, not by --help or --version.
ClientOptions? options = null;
commandLine.Root.SetAction(result => options = commandLine.OptionsOf(result));
arguments.Invoke();
return options is null ? ExitCodes.Success : await new ClientProgram(options, Dialer.ConnectAsync, TimeProvider.System).RunAsync();
