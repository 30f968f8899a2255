using System.Diagnostics;
using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// A program under test as a process of its own, driven as another program would drive it: through its standard streams (UTF-8),
/// signals and exit code. Disposing kills it if it still runs, so that a failed test leaves no process behind.
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

    /// <summary>What it wrote to its standard output.</summary>
    public Transcript Output { get; }

    /// <summary>What it wrote to its standard error.</summary>
    public Transcript Errors { get; }

    /// <param name="path">The executable; no shell stands between.</param>
    /// <param name="arguments">Passed as they are, one by one.</param>
    /// <param name="workingDirectory">The current folder unless said.</param>
    /// <param name="environment">Set over what this process has; null removes a variable.</param>
    public static ProgramProcess Start(
        string path,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        Start(path, arguments, workingDirectory, environment, clean: null);

    /// <inheritdoc cref="Transcript.WaitForLineAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<string> WaitForLineAsync(string part, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Output.WaitForLineAsync(part, timeout, cancellationToken);

    /// <summary>Types a line, with LF, into its standard input.</summary>
    public async Task SendLineAsync(string line, CancellationToken cancellationToken = default) =>
        await SendAsync(line + "\n", cancellationToken);

    /// <summary>Its standard input ends here.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Awaits its end and all that it printed, and gives its exit code (128 + n when signal n ended it).</summary>
    /// <exception cref="TimeoutException">It still runs after this time, 30 s unless said.</exception>
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

    /// <summary>SIGKILL: it cannot close anything, its files and connections are left as they are.</summary>
    public void KillHard() => Signal(UnixSignal.Kill);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        // A limit, because the pumps end only when everything that the program may have started has let go of its output.
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

        // Tests started in the background or under nohup ignore SIGINT or SIGHUP, and a child inherits that: env (coreutils) undoes
        // it, then becomes the program, under the same process id.
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

    // Chunks and not lines: a prompt has no line end, and a test must see it all the same.
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
