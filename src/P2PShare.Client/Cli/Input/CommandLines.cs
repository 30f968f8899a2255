using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Input;

/// <summary>Where the lines of commands come from: each call waits for the next line, and returns null at the end.</summary>
internal static class CommandLines
{
    /// <summary>Lines of the standard input, or of a terminal that cannot edit lines.</summary>
    /// <param name="readLine">Console.ReadLine, which blocks.</param>
    /// <param name="screen">Shows a prompt where a person types.</param>
    public static Func<CancellationToken, Task<string?>> Of(Func<string?> readLine, Screen screen) => async cancellation =>
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
    };

    /// <summary>Lines that were given as options.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="stays">After the last line, the end comes only with the cancellation.</param>
    public static Func<CancellationToken, Task<string?>> Of(IReadOnlyList<string> lines, bool stays)
    {
        var waiting = new Queue<string>(lines);
        return async cancellation =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (waiting.TryDequeue(out var line))
                return line;
            if (stays)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            return null;
        };
    }
}
