using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Jobs;
using P2PShare.Client.Cli.Syntax;

namespace P2PShare.Client.Cli.Commands;

/// <summary>
/// The client's command loop (Console.ReadLine, or the line editor that stands for it on a terminal): reads one line after the other, to
/// the end of the input or EXIT, and runs each before it reads the next. The peer-listener Task (P2PShare.Peer.Uploads.PeerListener)
/// runs beside it.
/// </summary>
/// <param name="readLine">Waits for the next line; null at the end.</param>
/// <param name="runner">Runs the commands.</param>
/// <param name="jobs">What runs in the background.</param>
/// <param name="output">Where it is told that jobs run.</param>
/// <param name="isInteractive">A person types: asked to leave while jobs run, the loop asks once; elsewhere it waits for them.</param>
internal sealed class CommandLoop(
    Func<CancellationToken, Task<string?>> readLine, CommandRunner runner, JobList jobs, IOutput output, bool isInteractive)
{
    private bool _hasAsked;

    /// <summary>True where every command succeeded.</summary>
    /// <exception cref="OperationCanceledException">The program was told to end before the end of its input.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var succeeded = true;
        while (true)
        {
            var line = await readLine(cancellation);
            var command = line is null ? new Command.Exit() : CommandParser.Parse(line);
            if (command is not Command.Exit)
                succeeded &= await runner.RunAsync(command, cancellation);
            else if (await MayLeaveAsync(cancellation))
                return succeeded && !jobs.HasFailed;
        }
    }

    private async Task<bool> MayLeaveAsync(CancellationToken cancellation)
    {
        var running = jobs.Running;
        if (isInteractive && running.Count > 0 && !_hasAsked)
        {
            _hasAsked = true;
            var are = running.Count == 1 ? "1 job is" : $"{running.Count} jobs are";
            output.Text($"{are} running. EXIT again leaves; what is verified is kept. WAIT waits for them.");
            return false;
        }

        if (!isInteractive && !cancellation.IsCancellationRequested)
            await Task.WhenAll(running.Select(job => job.Ended)).WaitAsync(cancellation);
        return true;
    }
}
