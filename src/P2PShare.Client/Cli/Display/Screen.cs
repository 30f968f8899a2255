using P2PShare.Client.Cli.Json;
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
internal sealed class Screen(TextWriter output, TextWriter errors, Lazy<IAnsiConsole>? terminal, bool isPrompting) : IOutput
{
    private const string Prompt = "> ";

    // Bracketed paste: the terminal marks what is pasted (xterm, DECSET 2004).
    private const string MarkPastes = "\x1b[?2004h";
    private const string DoNotMarkPastes = "\x1b[?2004l";

    private readonly Lock _lock = new();
    private bool _isPromptShown;
    private InputLine? _input;
    private bool _isLive;

    /// <summary>Progress can be redrawn in place.</summary>
    public bool IsTerminal => terminal is not null;

    /// <summary>The user types into a terminal that obeys control sequences.</summary>
    public bool CanEditLines => isPrompting && terminal!.Value.Profile.Capabilities.Ansi;

    public bool IsJson { get; init; }

    /// <summary>The columns of the terminal.</summary>
    public int Width => terminal?.Value.Profile.Width ?? int.MaxValue;

    /// <summary>The rows of the terminal.</summary>
    public int Height => terminal?.Value.Profile.Height ?? int.MaxValue;

    /// <summary>Something could not be printed: the disk is full, or the output is closed.</summary>
    public bool HasLostOutput { get; private set; }

    /// <summary>The screen on the program's standard output and error.</summary>
    /// <param name="isJson">Only records are printed, and nothing is drawn.</param>
    /// <param name="readsCommands">Commands are read from the standard input.</param>
    public static Screen OfConsole(bool isJson, bool readsCommands)
    {
        var terminal = isJson || Console.IsOutputRedirected
            ? null
            : new Lazy<IAnsiConsole>(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }));

        // Where both are the terminal, a single writer keeps the lines of both from interleaving.
        var errors = Console.IsErrorRedirected || terminal is null ? Console.Error : Console.Out;
        var isPrompting = terminal is not null && readsCommands && !Console.IsInputRedirected;
        return new Screen(Console.Out, errors, terminal, isPrompting) { IsJson = isJson };
    }

    /// <summary>Escapes what is not printable in untrusted text.</summary>
    public static string Safe(string text) => Printable.Of(text);

    /// <summary>An untrusted message as the end of a line: escaped, and with one full stop.</summary>
    public static string Sentence(string message) => Safe(message).TrimEnd('.', ' ') + ".";

    public void Text(string line)
    {
        if (!IsJson)
            Print(output, () => Write(output, line));
    }

    public void Record(OutputRecord record)
    {
        if (!IsJson)
            return;
        var line = OutputJson.LineOf(record);
        Print(output, () => output.WriteLine(line));
    }

    public void Error(string code, string text)
    {
        if (IsJson)
            Record(new OutputRecord.Error(code, text));
        else
            Print(errors, () => Write(errors, text));
    }

    /// <summary>Prints the prompt of a terminal that cannot edit lines.</summary>
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

    /// <summary>Ends that prompt.</summary>
    /// <param name="byEnter">The user ended the line; else the cursor is still in it.</param>
    public void EndPrompt(bool byEnter) => Print(output, () =>
    {
        if (_isPromptShown && !byEnter)
            output.WriteLine();
        _isPromptShown = false;
    });

    /// <summary>A line is edited from now.</summary>
    public void BeginInput() => Print(output, () => output.Write(MarkPastes));

    /// <summary>Draws the line that the user edits, in place of what it was.</summary>
    /// <param name="text">Without control characters.</param>
    /// <param name="cursor">An index into <paramref name="text"/>.</param>
    /// <param name="prompt">Stands before the text.</param>
    public void ShowInput(string text, int cursor, string prompt = Prompt) => Print(output, () =>
    {
        EraseInput();
        _input = new InputLine(prompt, text, cursor);
        DrawInput();
    });

    /// <summary>Leaves the edited line on the terminal as <paramref name="text"/>, and goes to the next row.</summary>
    public void EndInput(string text) => Print(output, () =>
    {
        if (_input is not { } input)
            return;
        EraseInput();
        _input = null;
        output.WriteLine(input.Prompt + text);
    });

    /// <summary>No line is edited any more; what is left of it is removed from the terminal.</summary>
    public void RemoveInput() => Print(output, () =>
    {
        EraseInput();
        _input = null;
        output.Write(DoNotMarkPastes);
    });

    /// <summary>Draws the edited line again, after the terminal was resized or used by another program.</summary>
    public void RefreshInput() => Print(output, () =>
    {
        EraseInput();
        DrawInput();
    });

    /// <summary>Clears the terminal, but for the edited line.</summary>
    public void Clear() => Print(output, () =>
    {
        output.Write("\x1b[H\x1b[2J");
        DrawInput();
    });

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
        if (writer == output && _isLive)
        {
            terminal!.Value.Write(new Spectre.Console.Text(line + "\n"));
        }
        else if (writer == output && _isPromptShown)
        {
            writer.Write($"\r{new string(' ', Prompt.Length)}\r{line}{Environment.NewLine}{Prompt}");
        }
        else
        {
            if (writer == output)
                EraseInput();
            writer.WriteLine(line);
            if (writer == output)
                DrawInput();
        }
    }

    private void EraseInput() => output.Write(_input?.Erase(Width, Height));

    private void DrawInput() => output.Write(_input?.Draw(Width, Height));

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
