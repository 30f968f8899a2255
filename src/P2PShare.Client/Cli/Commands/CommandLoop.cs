using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Commands;

/// <summary>
/// The client's Console.ReadLine loop: reads one line after the other, to the end of the input or EXIT, and runs each before it reads the
/// next. The peer-listener Task (P2PShare.Peer.Uploads.PeerListener) runs beside it.
/// </summary>
internal sealed class CommandLoop(Func<string?> readLine, CommandRunner runner, Screen screen)
{
    /// <summary>True where every command succeeded.</summary>
    /// <exception cref="OperationCanceledException">The program was told to end before the end of its input.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var succeeded = true;
        while (await ReadAsync(cancellation) is { } line)
        {
            var command = CommandParser.Parse(line);
            if (command is Command.Exit)
                break;
            succeeded &= await runner.RunAsync(command, cancellation);
        }

        return succeeded;
    }

    private async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        screen.ShowPrompt();
        string? line = null;
        try
        {
            // Console.ReadLine cannot be cancelled; the thread that blocks in it ends with the process.
            line = await Task.Run(readLine, CancellationToken.None).WaitAsync(cancellation);
        }
        finally
        {
            screen.EndPrompt(byEnter: line is not null);
        }

        return line;
    }
}
