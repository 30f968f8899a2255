using P2PShare.Protocol.Text;
using Spectre.Console;

namespace P2PShare.Client.Cli;

/// <summary>
/// The one class that prints. Lines from several tasks come out whole; one that comes while the user types stands above what is
/// typed. What came from strangers is made printable by whoever composes the line, with <see cref="Safe"/>.
/// </summary>
/// <param name="output">Answers.</param>
/// <param name="errors">What went wrong; the same as <paramref name="output"/> where both are one terminal.</param>
/// <param name="terminal">The output as a terminal, looked into when there is something to draw; null where it is a pipe or a file.</param>
/// <param name="isPrompting">Somebody types into that terminal.</param>
internal sealed class Screen(TextWriter output, TextWriter errors, Lazy<IAnsiConsole>? terminal, bool isPrompting)
{
    private const string Prompt = "> ";
    private readonly Lock _lock = new();
    private bool _isPromptShown;
    private bool _isLive;

    /// <summary>Progress may be drawn over and over.</summary>
    public bool IsTerminal => terminal is not null;

    /// <summary>Something could not be printed: the disk is full, or nobody is there to read it any more.</summary>
    public bool HasLostOutput { get; private set; }

    public static string Safe(string text) => Printable.Of(text);

    /// <summary>A message of the system or of a stranger as the end of a line: harmless, and with one full stop.</summary>
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

    /// <summary>The prompt is done with.</summary>
    /// <param name="byEnter">The user ended the line; else the cursor still stands in it.</param>
    public void EndPrompt(bool byEnter) => Print(output, () =>
    {
        if (_isPromptShown && !byEnter)
            output.WriteLine();
        _isPromptShown = false;
    });

    public void Say(string line) => Print(output, () => Write(output, line));

    /// <summary>What went wrong, and what to do.</summary>
    public void Complain(string line) => Print(errors, () => Write(errors, line));

    /// <summary>Runs <paramref name="draw"/>, which redraws a part of the terminal through Spectre; other lines go above that part meanwhile.</summary>
    public async Task DrawAsync(Func<IAnsiConsole, Task> draw)
    {
        lock (_lock)
            _isLive = true;
        try
        {
            await draw(terminal!.Value);
        }
        catch (Exception e) when (IsLoss(e))
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
            catch (Exception e) when (IsLoss(e))
            {
                HasLostOutput = true;
            }
        }
    }

    // .NET tells of a closed stream as one that may not be accessed.
    private static bool IsLoss(Exception e) => e is IOException or UnauthorizedAccessException;
}
