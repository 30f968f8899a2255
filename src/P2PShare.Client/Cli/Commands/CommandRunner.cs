using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Jobs;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Sharing.Following;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client.Cli.Commands;

/// <summary>
/// Runs a command, in the foreground, where Ctrl+C cancels it, or as a job. A failure is printed as one line, and the result is false.
/// </summary>
internal sealed class CommandRunner(
    AnnounceCommand announce,
    ListCommands lists,
    RequestCommand request,
    LimitCommand limit,
    FingerprintCommand fingerprint,
    JobList jobs,
    Publisher publisher,
    FollowedFolders followed,
    Interrupts interrupts,
    Screen screen,
    TimeProvider time,
    ILogger log)
{
    private readonly JobCommands _jobCommands = new(jobs, screen);

    /// <summary>Runs a command to its end, or starts a job. True where that succeeded.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Ends the program, and every job with it.</param>
    public async Task<bool> RunAsync(Command command, CancellationToken cancellation)
    {
        if (command is Command.Transfer { InBackground: true } transfer)
            return Start(transfer, cancellation);
        using var interruptible = interrupts.Begin(cancellation);
        return await GuardAsync(command, screen, () => DispatchAsync(command, interruptible.Token), cancellation);
    }

    private bool Start(Command.Transfer command, CancellationToken cancellation)
    {
        var words = $"{command.Word} {command.Name}" + (command is Command.Request { SaveAs: { } path } ? $" AS {path}" : "");
        if (jobs.Running.FirstOrDefault(job => job.Command == words) is { } same)
            return Fail(screen, ErrorCodes.AlreadyRunning, $"That is job {same.Number} already, which is still running.");
        var number = jobs.NextNumber();
        var output = new JobOutput(screen, number);
        var display = new DownloadDisplay(output, screen: null, command.Name, time);
        output.Result(new OutputRecord.JobStarted(words), Screen.Safe(words));
        jobs.Start(number, words, display, RunAsync, cancellation);
        return true;

        async Task<bool> RunAsync(CancellationToken jobCancellation)
        {
            var run = () => request.RunAsync(command, display, output, jobCancellation);
            var succeeded = await GuardAsync(command, output, run, CancellationToken.None);
            output.Record(new OutputRecord.JobEnded(succeeded));
            return succeeded;
        }
    }

    // Only what the user cancelled is said to be cancelled, not what ends with the program.
    private async Task<bool> GuardAsync(Command command, IOutput output, Func<Task<bool>> run, CancellationToken ending)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return Fail(output, ErrorCodes.Cancelled, Cancelled(command));
        }
        catch (ServerUnavailableException)
        {
            return Fail(output, ErrorCodes.ServerUnavailable, ServerAway(command));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("{Command:l} failed: {Reason:l}", command.Word, Screen.Safe(e.Message));
            return Fail(output, ErrorCodes.IoFailed, $"{command.Word} failed: {Screen.Sentence(e.Message)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error(e, "{Command:l} failed because of an internal error", command.Word);
            return Fail(output, ErrorCodes.Internal, $"{command.Word} failed by a fault of this program; the log tells more.");
        }
    }

    private async Task<bool> DispatchAsync(Command command, CancellationToken cancellation) => command switch
    {
        Command.Announce announced => await announce.RunAsync(announced, cancellation),
        Command.ListFiles listFiles => await lists.ListFilesAsync(listFiles, cancellation),
        Command.Transfer transfer => await request.RunAsync(transfer, DisplayOf(transfer), screen, cancellation),
        Command.Search(var text) => await lists.SearchAsync(text, cancellation),
        Command.Withdraw(var name) => await WithdrawAsync(name, cancellation),
        Command.Shared => await lists.PrintSharedAsync(cancellation),
        Command.Jobs => _jobCommands.List(),
        Command.Cancel(var job) => await _jobCommands.CancelAsync(job, cancellation),
        Command.Wait(var job) => await _jobCommands.WaitAsync(job, cancellation),
        Command.Limit limits => limit.Run(limits),
        Command.Fingerprint => fingerprint.Run(),
        Command.Help => PrintHelp(),
        Command.Misused(var usage) => Fail(screen, ErrorCodes.Usage, $"Usage: {usage}; HELP tells more."),
        Command.Unknown(var word, var nearest) => Fail(
            screen, ErrorCodes.UnknownCommand, $"{Screen.Safe(word)} is no command; did you mean {nearest}? HELP lists them all."),
        _ => true,
    };

    private DownloadDisplay DisplayOf(Command.Transfer transfer) => new(screen, screen, transfer.Name.TrimEnd('/'), time);

    private async Task<bool> WithdrawAsync(string text, CancellationToken cancellation)
    {
        if (!FileName.TryParse(text, out var name, out _)
            || !(await publisher.WithdrawAsync(name, cancellation) | followed.KeepWithdrawn(name)))
            return Fail(
                screen, ErrorCodes.NotShared, $"{Screen.Safe(text)} is not shared; SHARED lists the files that are, each by its own name.");
        screen.Result(new OutputRecord.Withdrawn(name.ToString(), publisher.CanWithdraw), publisher.CanWithdraw
            ? $"Withdrew {Screen.Safe(name.ToString())}."
            : $"{Screen.Safe(name.ToString())} is no longer shared; this server goes on listing it until you leave.");
        return true;
    }

    private bool PrintHelp()
    {
        screen.Text(HelpText.Text);
        return true;
    }

    private static string Cancelled(Command command) => command switch
    {
        Command.Announce => "ANNOUNCE is cancelled; SHARED lists what is shared.",
        Command.Request { Name: var name } => $"{Screen.Safe(name)} is cancelled. What is verified is kept; REQUEST it again to go on.",
        Command.Update { Name: var name } => $"{Screen.Safe(name)} is cancelled. What is verified is kept; UPDATE it again to go on.",
        Command.Repair { Name: var name } => $"{Screen.Safe(name)} is cancelled. What is repaired is kept; REPAIR it again to go on.",
        _ => $"{command.Word} is cancelled.",
    };

    // ANNOUNCE and WITHDRAW have taken effect in this client; the server learns of it after the reconnection.
    private static string ServerAway(Command command) => command switch
    {
        Command.Announce(var path) => $"The server is away. {Screen.Safe(path)} is shared, and the server will be told when it is back.",
        Command.Withdraw(var name) => $"The server is away. {Screen.Safe(name)} is no longer shared all the same.",
        _ => $"{command.Word} failed: the server is away. The connection is being made again; try it when it is back.",
    };

    private static bool Fail(IOutput output, string code, string line)
    {
        output.Error(code, line);
        return false;
    }
}
