using P2PShare.Client.Cli.Display;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client.Cli.Commands;

/// <summary>Runs a command. Ctrl+C cancels it. A failure is printed as one line, and the result is false.</summary>
internal sealed class CommandRunner(
    AnnounceCommand announce,
    ListCommands lists,
    RequestCommand request,
    Publisher publisher,
    Interrupts interrupts,
    Screen screen,
    ILogger log)
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
            return Fail(Cancelled(command));
        }
        catch (ServerUnavailableException)
        {
            return Fail(ServerAway(command));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("{Command:l} failed: {Reason:l}", command.Word, Screen.Safe(e.Message));
            return Fail($"{command.Word} failed: {Screen.Sentence(e.Message)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error(e, "{Command:l} failed because of an internal error", command.Word);
            return Fail($"{command.Word} failed by a fault of this program; the log tells more.");
        }
    }

    private async Task<bool> DispatchAsync(Command command, CancellationToken cancellation) => command switch
    {
        Command.Announce(var path) => await announce.RunAsync(path, cancellation),
        Command.ListFiles => await lists.ListFilesAsync(cancellation),
        Command.Request(var name) => await request.RequestAsync(name, cancellation),
        Command.Search(var text) => await lists.SearchAsync(text, cancellation),
        Command.Withdraw(var name) => await WithdrawAsync(name, cancellation),
        Command.Shared => lists.PrintShared(),
        Command.Repair(var name) => await request.RepairAsync(name, cancellation),
        Command.Help => PrintHelp(),
        Command.Misused(var usage) => Fail($"Usage: {usage}"),
        Command.Unknown(var word, var nearest) => Fail($"{Screen.Safe(word)} is no command; did you mean {nearest}? HELP lists them all."),
        _ => true,
    };

    private async Task<bool> WithdrawAsync(string text, CancellationToken cancellation)
    {
        if (!FileName.TryParse(text, out var name, out _) || !await publisher.WithdrawAsync(name, cancellation))
            return Fail($"{Screen.Safe(text)} is not shared; SHARED lists what is.");
        screen.WriteLine(publisher.CanWithdraw
            ? $"Withdrew {Screen.Safe(name.ToString())}."
            : $"{Screen.Safe(name.ToString())} is no longer shared; this server goes on listing it until you leave.");
        return true;
    }

    private bool PrintHelp()
    {
        screen.WriteLine(HelpText.Text);
        return true;
    }

    private static string Cancelled(Command command) => command switch
    {
        Command.Announce => "ANNOUNCE is cancelled; SHARED lists what is shared.",
        Command.Request(var name) => $"{Screen.Safe(name)} is cancelled. What is verified is kept; REQUEST it again to go on.",
        Command.Repair(var name) => $"{Screen.Safe(name)} is cancelled. What is repaired is kept; REPAIR it again to go on.",
        _ => $"{command.Word} is cancelled.",
    };

    // ANNOUNCE and WITHDRAW have taken effect in this client; the server learns of it after the reconnection.
    private static string ServerAway(Command command) => command switch
    {
        Command.Announce(var path) => $"The server is away. {Screen.Safe(path)} is shared, and the server will be told when it is back.",
        Command.Withdraw(var name) => $"The server is away. {Screen.Safe(name)} is no longer shared all the same.",
        _ => $"{command.Word} failed: the server is away. The connection is being made again; try it when it is back.",
    };

    private bool Fail(string line)
    {
        screen.WriteError(line);
        return false;
    }
}
