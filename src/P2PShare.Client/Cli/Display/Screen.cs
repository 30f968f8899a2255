using P2PShare.Protocol.Text;
using Spectre.Console;

namespace P2PShare.Client.Cli.Display;

/// <summary>
/// The only class that prints. Lines from several tasks do not interleave; a line that comes while the user types is inserted above the
/// typed text. Callers pass untrusted text through <see cref="Safe"/>.
/// </summary>
/// <param name="output">For results.</param>
/// <param name="errors">For errors; the same as <paramref name="output"/> where both are one terminal.</param>
/// <param name="terminal">The output as a terminal, created when something is drawn; null where it is a pipe or a file.</param>
/// <param name="isPrompting">The user types into that terminal.</param>
internal sealed class Screen(TextWriter output, TextWriter errors, Lazy<IAnsiConsole>? terminal, bool isPrompting)
{
    private const string Prompt = "> ";
    private readonly Lock _lock = new();
    private bool _isPromptShown;
    private bool _isLive;

    /// <summary>Progress can be redrawn in place.</summary>
    public bool IsTerminal => terminal is not null;

    /// <summary>Something could not be printed: the disk is full, or the output is closed.</summary>
    public bool HasLostOutput { get; private set; }

    /// <summary>The screen on the program's standard output and error.</summary>
    public static Screen OfConsole()
    {
        var terminal = Console.IsOutputRedirected
            ? null
            : new Lazy<IAnsiConsole>(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }));

        // Where both are the terminal, a single writer keeps the lines of both from interleaving.
        var errors = Console.IsErrorRedirected || terminal is null ? Console.Error : Console.Out;
        return new Screen(Console.Out, errors, terminal, isPrompting: terminal is not null && !Console.IsInputRedirected);
    }

    /// <summary>Escapes what is not printable in untrusted text.</summary>
    public static string Safe(string text) => Printable.Of(text);

    /// <summary>An untrusted message as the end of a line: escaped, and with one full stop.</summary>
    public static string Sentence(string message) => Safe(message).TrimEnd('.', ' ') + ".";

    public void ShowPrompt()
    {
        if (!isPrompting)
            return;
        Print(output, () =>
        {
            output.Write(Prompt);
            _isPromptShown = true;
        });
    }

    /// <summary>Ends the prompt.</summary>
    /// <param name="byEnter">The user ended the line; else the cursor is still in it.</param>
    public void EndPrompt(bool byEnter) => Print(output, () =>
    {
        if (_isPromptShown && !byEnter)
            output.WriteLine();
        _isPromptShown = false;
    });

    /// <summary>Prints a result.</summary>
    public void WriteLine(string line) => Print(output, () => Write(output, line));

    /// <summary>Prints an error: what failed, and what the user can do.</summary>
    public void WriteError(string line) => Print(errors, () => Write(errors, line));

    /// <summary>
    /// Runs <paramref name="draw"/>, which redraws a part of the terminal through Spectre. Other lines go above that part meanwhile.
    /// </summary>
    public async Task DrawAsync(Func<IAnsiConsole, Task> draw)
    {
        lock (_lock)
            _isLive = true;
        try
        {
            await draw(terminal!.Value);
        }
        catch (Exception e) when (IsOutputLoss(e))
        {
            HasLostOutput = true;
        }
        finally
        {
            lock (_lock)
                _isLive = false;
        }
    }

    private void Write(TextWriter writer, string line)
    {
        if (_isLive && writer == output)
            terminal!.Value.Write(new Spectre.Console.Text(line + "\n"));
        else if (_isPromptShown && writer == output)
            writer.Write(AbovePrompt(line));
        else
            writer.WriteLine(line);
    }

    private string AbovePrompt(string line) => terminal!.Value.Profile.Capabilities.Ansi
        ? TypedLine.InsertAbove(line, terminal.Value.Profile.Width)
        : $"\r{new string(' ', Prompt.Length)}\r{line}{Environment.NewLine}{Prompt}";

    private void Print(TextWriter writer, Action print)
    {
        lock (_lock)
        {
            try
            {
                print();
                writer.Flush();
            }
            catch (Exception e) when (IsOutputLoss(e))
            {
                HasLostOutput = true;
            }
        }
    }

    // .NET reports a closed stream as UnauthorizedAccessException.
    private static bool IsOutputLoss(Exception e) => e is IOException or UnauthorizedAccessException;
}
