using P2PShare.Client.Cli.Display;
using P2PShare.Testing;
using Spectre.Console;

namespace P2PShare.Client.Tests.Cli.Display;

/// <summary>A screen whose output a test can read.</summary>
internal sealed class TestScreen
{
    private readonly LockedWriter _output = new();
    private readonly LockedWriter _errors = new();

    private TestScreen(int? width, int height, bool hasAnsi, bool isJson)
    {
        var terminal = width is { } columns ? Terminal(_output, columns, height, hasAnsi) : null;
        Screen = terminal is null
            ? new Screen(_output, _errors, terminal: null, isPrompting: false) { IsJson = isJson }
            : new Screen(_output, _output, new Lazy<IAnsiConsole>(terminal), isPrompting: true);
    }

    public Screen Screen { get; }

    /// <summary>What was printed; on a terminal with the errors.</summary>
    public string Output => _output.Text;

    public string Errors => _errors.Text;

    public IReadOnlyList<string> OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task WaitForOutputAsync(string text) =>
        Eventually.True(() => Output.Contains(text, StringComparison.Ordinal), $"\"{text}\" to be printed");

    public static TestScreen OfPipe(bool isJson = false) => new(width: null, height: 0, hasAnsi: false, isJson);

    public static TestScreen OfTerminal(int width = 80, int height = 24, bool hasAnsi = true) => new(width, height, hasAnsi, isJson: false);

    private static IAnsiConsole Terminal(TextWriter output, int width, int height, bool hasAnsi)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = hasAnsi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        console.Profile.Width = width;
        console.Profile.Height = height;
        return console;
    }

    // Spectre writes from a thread of its own while a bar is drawn.
    private sealed class LockedWriter : StringWriter
    {
        private readonly Lock _lock = new();

        public LockedWriter()
            : base(System.Globalization.CultureInfo.InvariantCulture) => NewLine = "\n";

        public string Text
        {
            get
            {
                lock (_lock)
                    return ToString();
            }
        }

        public override void Write(char value)
        {
            lock (_lock)
                base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_lock)
                base.Write(buffer, index, count);
        }

        public override void Write(string? value)
        {
            lock (_lock)
                base.Write(value);
        }
    }
}
