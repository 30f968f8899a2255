namespace P2PShare.Client.Cli;

/// <summary>Reads lines to the end of the input or EXIT, and runs each before the next is read.</summary>
internal sealed class CommandLoop(Func<string?> readLine, CommandRunner runner, Screen screen)
{
    /// <summary>True where every command succeeded.</summary>
    /// <exception cref="OperationCanceledException">The program was told to end before its input did.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var succeeded = true;
        while (await ReadAsync(cancellation) is { } line && CommandText.Parse(line) is not Command.Exit and var command)
            succeeded &= await runner.RunAsync(command, cancellation);
        return succeeded;
    }

    private async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        screen.ShowPrompt();
        string? line = null;
        try
        {
            // Console.ReadLine cannot be cancelled; the thread that waits in it ends with the process.
            line = await Task.Run(readLine, CancellationToken.None).WaitAsync(cancellation);
        }
        finally
        {
            screen.EndPrompt(byEnter: line is not null);
        }

        return line;
    }
}
