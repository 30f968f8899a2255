using P2PShare.Client.Sharing;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client.Cli;

/// <summary>Runs one command after the other. Whatever goes wrong in one is a line on the screen, and false.</summary>
internal sealed class CommandRunner(
    AnnounceCommand announce, ListCommands lists, RequestCommand request, Publisher publisher, Screen screen, ILogger log)
{
    public async Task<bool> RunAsync(Command command, CancellationToken cancellation)
    {
        try
        {
            return await DispatchAsync(command, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("{Command:l}: {Reason:l}", command.GetType().Name, e.Message);
            screen.Complain($"{command.GetType().Name} failed: {Screen.Safe(e.Message)}.");
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error(e, "{Command:l} ended by a fault of ours", command.GetType().Name);
            screen.Complain($"{command.GetType().Name} failed by a fault of this program; the log tells more.");
            return false;
        }
    }

    private async Task<bool> DispatchAsync(Command command, CancellationToken cancellation) => command switch
    {
        Command.Announce(var path) => await announce.RunAsync(path, cancellation),
        Command.ListFiles => await lists.ListFilesAsync(cancellation),
        Command.Request(var name) => await request.RequestAsync(name, cancellation),
        Command.Search(var text) => await lists.SearchAsync(text, cancellation),
        Command.Withdraw(var name) => await WithdrawAsync(name, cancellation),
        Command.Shared => lists.ShowShared(),
        Command.Repair(var name) => await request.RepairAsync(name, cancellation),
        Command.Help => SayHelp(),
        Command.Incomplete(var usage) => Complain($"Usage: {usage}"),
        Command.Unknown(var word, var nearest) => Complain($"{Screen.Safe(word)} is no command; did you mean {nearest}? HELP lists them all."),
        _ => true,
    };

    private async Task<bool> WithdrawAsync(string text, CancellationToken cancellation)
    {
        if (!FileName.TryParse(text, out var name, out _) || !await publisher.WithdrawAsync(name, cancellation))
            return Complain($"{Screen.Safe(text)} is not shared; SHARED lists what is.");
        screen.Say(publisher.CanWithdraw
            ? $"Withdrew {Screen.Safe(name.ToString())}."
            : $"{Screen.Safe(name.ToString())} is no longer shared; this server goes on listing it until you leave.");
        return true;
    }

    private bool SayHelp()
    {
        screen.Say(HelpText.Text);
        return true;
    }

    private bool Complain(string line)
    {
        screen.Complain(line);
        return false;
    }
}
