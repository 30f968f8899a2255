namespace P2PShare.Client.Cli;

/// <summary>Reads lines to the end of the input or EXIT, and runs each before the next is read.</summary>
internal sealed class CommandLoop(Func<string?> readLine, CommandRunner runner, Screen screen)
{
    /// <summary>True where every command succeeded.</summary>
    /// <exception cref="OperationCanceledException">The program was told to end before its input did.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var succeeded = true;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            screen.ShowPrompt();

            // Console.ReadLine cannot be cancelled; the thread that waits in it ends with the process.
            var line = await Task.Run(readLine, CancellationToken.None).WaitAsync(cancellation);
            screen.PromptAnswered();
            if (line is null || CommandText.Parse(line) is Command.Exit)
                break;
            succeeded &= await runner.RunAsync(CommandText.Parse(line), cancellation);
        }

        return succeeded;
    }
}
