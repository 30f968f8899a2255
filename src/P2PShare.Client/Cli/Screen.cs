using P2PShare.Protocol.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace P2PShare.Client.Cli;

/// <summary>
/// The one class that prints. Lines from several tasks come out whole; one that comes while the user types stands above the
/// prompt. What came from strangers is made printable by whoever composes the line, with <see cref="Safe"/>.
/// </summary>
internal sealed class Screen(TextWriter output, TextWriter errors, bool isTerminal)
{
    private const string Prompt = "> ";
    private readonly Lock _lock = new();
    private bool _isPromptShown;
    private IAnsiConsole? _live;

    /// <summary>A person looks at it: progress may be drawn over and over.</summary>
    public bool IsTerminal { get; } = isTerminal;

    public static string Safe(string text) => Printable.Of(text);

    public void ShowPrompt()
    {
        if (!IsTerminal)
            return;
        lock (_lock)
        {
            output.Write(Prompt);
            output.Flush();
            _isPromptShown = true;
        }
    }

    /// <summary>The user has ended a line.</summary>
    public void PromptAnswered()
    {
        lock (_lock)
            _isPromptShown = false;
    }

    public void Say(string line) => Write(output, line);

    /// <summary>What went wrong, and what to do.</summary>
    public void Complain(string line) => Write(errors, line);

    /// <summary>A table whose columns are as wide as their widest cell, in columns of the terminal; the last is not filled up.</summary>
    public void SayTable(IReadOnlyList<string[]> rows)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], WidthOf(row[column]));
        }

        foreach (var row in rows)
            Say(string.Concat(row.Select((cell, column) => cell + new string(' ', widths[column] - WidthOf(cell) + 2))).TrimEnd());
    }

    /// <summary>Runs <paramref name="draw"/>, which redraws a part of the terminal through Spectre; other lines go above that part meanwhile.</summary>
    public async Task DrawAsync(Func<IAnsiConsole, Task> draw)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        lock (_lock)
            _live = console;
        try
        {
            await draw(console);
        }
        finally
        {
            lock (_lock)
                _live = null;
        }
    }

    private void Write(TextWriter writer, string line)
    {
        lock (_lock)
        {
            if (_live is not null)
            {
                _live.Write(new Text(line + "\n"));
                return;
            }

            if (_isPromptShown)
                output.Write($"\r{new string(' ', Prompt.Length)}\r");
            writer.WriteLine(line);
            writer.Flush();
            if (_isPromptShown)
                output.Write(Prompt);
            output.Flush();
        }
    }

    private static int WidthOf(string cell) => new Segment(cell).CellCount();
}
