using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client.Cli;

/// <summary>Runs one command after the other; Ctrl+C ends the one that runs. Whatever goes wrong in one is a line on the screen, and false.</summary>
internal sealed class CommandRunner(
    AnnounceCommand announce, ListCommands lists, RequestCommand request, Publisher publisher, Interrupts interrupts, Screen screen, ILogger log)
{
    public async Task<bool> RunAsync(Command command, CancellationToken cancellation)
    {
        using var interruptible = interrupts.Begin(cancellation);
        try
        {
            return await DispatchAsync(command, interruptible.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Complain(Cancelled(command));
        }
        catch (ServerAwayException)
        {
            return Complain(ServerAway(command));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("{Command:l}: {Reason:l}", command.Word, Screen.Safe(e.Message));
            return Complain($"{command.Word} failed: {Screen.Sentence(e.Message)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error(e, "{Command:l} ended by a fault of ours", command.Word);
            return Complain($"{command.Word} failed by a fault of this program; the log tells more.");
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

    private static string Cancelled(Command command) => command switch
    {
        Command.Announce => "ANNOUNCE is cancelled; SHARED lists what is shared.",
        Command.Request(var name) => $"{Screen.Safe(name)} is cancelled. What is verified is kept; REQUEST it again to go on.",
        Command.Repair(var name) => $"{Screen.Safe(name)} is cancelled. What is repaired is kept; REPAIR it again to go on.",
        _ => $"{command.Word} is cancelled.",
    };

    // What this client shares is its own affair; the server learns of it when it is back.
    private static string ServerAway(Command command) => command switch
    {
        Command.Announce(var path) => $"The server is away. {Screen.Safe(path)} is shared, and the server will be told when it is back.",
        Command.Withdraw(var name) => $"The server is away. {Screen.Safe(name)} is no longer shared all the same.",
        _ => $"{command.Word} failed: the server is away. The connection is being made again; try it when it is back.",
    };

    private bool Complain(string line)
    {
        screen.Complain(line);
        return false;
    }
}
