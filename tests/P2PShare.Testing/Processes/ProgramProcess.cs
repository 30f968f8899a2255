using System.Diagnostics;
using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// A program under test as a process, controlled through its standard streams (UTF-8), signals and exit code. Disposal kills it if it
/// still runs, so that a failed test leaves no process behind.
/// </summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _pumps;

    private ProgramProcess(Process process, Func<string, string>? clean)
    {
        _process = process;
        Output = new Transcript(Describe, clean);
        Errors = new Transcript(Describe, clean);
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, Output), PumpAsync(process.StandardError, Errors));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Its standard output.</summary>
    public Transcript Output { get; }

    /// <summary>Its standard error.</summary>
    public Transcript Errors { get; }

    /// <param name="path">The executable, which is started without a shell.</param>
    /// <param name="arguments">The arguments, passed without quoting.</param>
    /// <param name="workingDirectory">The current folder by default.</param>
    /// <param name="environment">Variables to set in addition to those of this process; null removes one.</param>
    public static ProgramProcess Start(
        string path,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        Start(path, arguments, workingDirectory, environment, clean: null);

    /// <inheritdoc cref="Transcript.WaitForLineAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<string> WaitForLineAsync(string part, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Output.WaitForLineAsync(part, timeout, cancellationToken);

    /// <summary>Writes a line with LF to its standard input.</summary>
    public async Task SendLineAsync(string line, CancellationToken cancellationToken = default) =>
        await SendAsync(line + "\n", cancellationToken);

    /// <summary>Closes its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>
    /// Waits until it has exited and all its output was read, and returns its exit code (128 + n when signal n ended it).
    /// </summary>
    /// <exception cref="TimeoutException">It still runs after the timeout, 30 s by default.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var limit = timeout ?? DefaultTimeout;
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(cancellationToken), _pumps).WaitAsync(limit, cancellationToken);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"After {limit.TotalSeconds:0.#} s still waiting for the exit.\n{Describe()}");
        }
    }

    public void Signal(UnixSignal signal) => UnixProcess.Signal(Id, signal);

    /// <summary>Sends SIGKILL: the program cannot close its files and connections.</summary>
    public void Kill() => Signal(UnixSignal.Kill);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        // With a timeout, because the pumps end only when every child of the program has closed its output.
        await WaitForExitAsync();
        _process.Dispose();
    }

    internal static ProgramProcess Start(
        string path,
        IEnumerable<string> arguments,
        string? workingDirectory,
        IReadOnlyDictionary<string, string?>? environment,
        Func<string, string>? clean)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        // Tests that run in the background or under nohup ignore SIGINT or SIGHUP, and a child inherits that. env (coreutils) restores
        // the defaults, then executes the program under the same process id.
        var start = new ProcessStartInfo("env", ["--default-signal", path, .. arguments])
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new ProgramProcess(Process.Start(start)!, clean);
    }

    internal async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    // Chunks instead of lines, because a prompt has no line end.
    private static async Task PumpAsync(StreamReader reader, Transcript transcript)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
            transcript.Append(new string(buffer, 0, count));
        transcript.End();
    }

    private string Describe() =>
        $"""
        {string.Join(' ', _process.StartInfo.ArgumentList.Skip(1))}
        {(_process.HasExited ? $"exited with {_process.ExitCode}" : "still runs")}
        --- standard output ---
        {Output.Text}
        --- standard error ---
        {Errors.Text}
        """;
}
