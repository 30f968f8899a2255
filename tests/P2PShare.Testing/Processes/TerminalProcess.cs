namespace P2PShare.Testing.Processes;

/// <summary>
/// A program in a pseudo-terminal of 40 lines of 120 columns, driven as a person drives it: keys in, screen out. The terminal is
/// made by <c>script</c>, which every Debian has (bsdutils) and which passes bytes and the exit code on as they are.
/// </summary>
public sealed class TerminalProcess : IAsyncDisposable
{
    private const string Enter = "\r";
    private const string ControlC = "\x03";
    private const string ControlD = "\x04";

    private readonly ProgramProcess _terminal;

    private TerminalProcess(string command, string? workingDirectory, IReadOnlyDictionary<string, string?>? environment)
    {
        // The terminal's own wishes first, so that a test may still say otherwise; the shell is fixed because script obeys it.
        var variables = new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["SHELL"] = "/bin/sh" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            variables[name] = value;
        _terminal = ProgramProcess.Start(
            "script",
            ["--quiet", "--flush", "--return", "--command", $"stty rows 40 columns 120; exec {command}", "/dev/null"],
            workingDirectory,
            variables,
            new TerminalText().Clean);
    }

    /// <summary>What was printed, and the echo of what was typed, without escape sequences; Raw has those too.</summary>
    public Transcript Screen => _terminal.Output;

    /// <inheritdoc cref="ProgramProcess.Start(string, IEnumerable{string}, string?, IReadOnlyDictionary{string, string?}?)"/>
    public static TerminalProcess Start(
        string path,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        new(string.Join(' ', arguments.Prepend(path).Select(Quote)), workingDirectory, environment);

    /// <inheritdoc cref="Transcript.WaitForLineAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<string> WaitForLineAsync(string part, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Screen.WaitForLineAsync(part, timeout, cancellationToken);

    /// <inheritdoc cref="Transcript.WaitForTextAsync(string, TimeSpan?, CancellationToken)"/>
    public Task WaitForTextAsync(string text, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Screen.WaitForTextAsync(text, timeout, cancellationToken);

    /// <summary>Types these keys, with no Enter.</summary>
    public Task TypeAsync(string keys, CancellationToken cancellationToken = default) => _terminal.SendAsync(keys, cancellationToken);

    /// <summary>Types a line and Enter.</summary>
    public Task SendLineAsync(string line, CancellationToken cancellationToken = default) => TypeAsync(line + Enter, cancellationToken);

    public Task PressControlCAsync(CancellationToken cancellationToken = default) => TypeAsync(ControlC, cancellationToken);

    /// <summary>At the start of a line: the end of input.</summary>
    public Task PressControlDAsync(CancellationToken cancellationToken = default) => TypeAsync(ControlD, cancellationToken);

    /// <inheritdoc cref="ProgramProcess.WaitForExitAsync"/>
    public Task<int> WaitForExitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _terminal.WaitForExitAsync(timeout, cancellationToken);

    /// <summary>Sends a signal to the program in the terminal, and not to the terminal.</summary>
    public void Signal(UnixSignal signal) => UnixProcess.Signal(ProgramId(), signal);

    /// <inheritdoc cref="ProgramProcess.KillHard"/>
    public void KillHard() => Signal(UnixSignal.Kill);

    /// <summary>Closes the window over the program (it gets SIGHUP, and its streams are gone) and awaits its end.</summary>
    /// <exception cref="TimeoutException">The program outlived its terminal by 30 s; it was killed.</exception>
    public async Task CloseWindowAsync()
    {
        var program = ProgramId();
        _terminal.KillHard();
        try
        {
            await Eventually.True(() => UnixProcess.HasEnded(program), "the program to end with its terminal");
        }
        catch (TimeoutException)
        {
            UnixProcess.Signal(program, UnixSignal.Kill);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _terminal.DisposeAsync();

    private static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    // The shell that script starts becomes the program (exec), so script's one child is the program.
    private int ProgramId() => UnixProcess.ChildrenOf(_terminal.Id) is [var id, ..]
        ? id
        : throw new InvalidOperationException("The program in the terminal is not running.");
}
