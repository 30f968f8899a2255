namespace P2PShare.Testing.Processes;

/// <summary>
/// A program in a pseudo-terminal of 40 rows and, where nothing else is said, 120 columns, controlled by keys. The terminal is made by
/// <c>script</c> (bsdutils), which forwards bytes and the exit code unchanged.
/// </summary>
public sealed class TerminalProcess : IAsyncDisposable
{
    /// <summary>The rows of the terminal.</summary>
    public const int Rows = 40;

    private const string Enter = "\r";
    private const string ControlC = "\x03";
    private const string ControlD = "\x04";

    private readonly ProgramProcess _terminal;

    private TerminalProcess(string command, string? workingDirectory, IReadOnlyDictionary<string, string?>? environment, int columns)
    {
        // These first, so that a test can override them. SHELL is set because script runs the command with it.
        var variables = new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["SHELL"] = "/bin/sh" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            variables[name] = value;
        _terminal = ProgramProcess.Start(
            "script",
            ["--quiet", "--flush", "--return", "--command", $"stty rows {Rows} columns {columns}; exec {command}", "/dev/null"],
            workingDirectory,
            variables,
            new EscapeSequenceFilter().Remove);
    }

    /// <summary>The output and the echo of the input, without escape sequences; <see cref="Transcript.Raw"/> contains them.</summary>
    public Transcript Screen => _terminal.Output;

    /// <inheritdoc cref="ProgramProcess.Start(string, IEnumerable{string}, string?, IReadOnlyDictionary{string, string?}?)"/>
    public static TerminalProcess Start(
        string path,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        int columns = 120) =>
        new(string.Join(' ', arguments.Prepend(path).Select(Quote)), workingDirectory, environment, columns);

    /// <inheritdoc cref="Transcript.WaitForLineAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<string> WaitForLineAsync(string part, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Screen.WaitForLineAsync(part, timeout, cancellationToken);

    /// <inheritdoc cref="Transcript.WaitForTextAsync(string, TimeSpan?, CancellationToken)"/>
    public Task WaitForTextAsync(string text, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Screen.WaitForTextAsync(text, timeout, cancellationToken);

    /// <summary>Types these keys, without Enter.</summary>
    public Task TypeAsync(string keys, CancellationToken cancellationToken = default) => _terminal.SendAsync(keys, cancellationToken);

    /// <summary>Types a line and Enter.</summary>
    public Task SendLineAsync(string line, CancellationToken cancellationToken = default) => TypeAsync(line + Enter, cancellationToken);

    public Task PressControlCAsync(CancellationToken cancellationToken = default) => TypeAsync(ControlC, cancellationToken);

    /// <summary>Ends the input, at the start of a line.</summary>
    public Task PressControlDAsync(CancellationToken cancellationToken = default) => TypeAsync(ControlD, cancellationToken);

    /// <inheritdoc cref="ProgramProcess.WaitForExitAsync"/>
    public Task<int> WaitForExitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _terminal.WaitForExitAsync(timeout, cancellationToken);

    /// <summary>Sends a signal to the program in the terminal.</summary>
    public void Signal(UnixSignal signal) => UnixProcess.Signal(ProgramId(), signal);

    /// <inheritdoc cref="ProgramProcess.Kill"/>
    public void Kill() => Signal(UnixSignal.Kill);

    /// <summary>Closes the terminal, which sends SIGHUP to the program and closes its streams, and waits for its end.</summary>
    /// <exception cref="TimeoutException">The program still ran 30 s later, and was killed.</exception>
    public async Task CloseWindowAsync()
    {
        var program = ProgramId();
        _terminal.Kill();
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

    // The shell that script starts is replaced by the program (exec), so the only child of script is the program.
    private int ProgramId() => UnixProcess.ChildrenOf(_terminal.Id) is [var id, ..]
        ? id
        : throw new InvalidOperationException("The program in the terminal is not running.");
}
