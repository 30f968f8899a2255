using System.Runtime.CompilerServices;
using System.Text;

namespace P2PShare.Testing.Processes;

/// <summary>
/// The output of a program, with methods that wait for text. Each wait starts where the previous one found its text, so that an
/// older line with the same text does not satisfy it. At most one wait at a time.
/// </summary>
public sealed class Transcript
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly StringBuilder _raw = new();
    private readonly StringBuilder _text = new();
    private readonly Func<string> _describe;
    private readonly Func<string, string>? _clean;
    private TaskCompletionSource _changed = NewSignal();
    private int _cursor;
    private bool _ended;

    /// <param name="describe">Describes the program in the message of a failed wait.</param>
    /// <param name="clean">Removes from each chunk what is not to be searched; nothing is removed if null.</param>
    internal Transcript(Func<string> describe, Func<string, string>? clean)
    {
        _describe = describe;
        _clean = clean;
    }

    /// <summary>The output so far, before anything was removed from it.</summary>
    public string Raw
    {
        get
        {
            lock (_gate)
                return _raw.ToString();
        }
    }

    /// <summary>The output so far, as it is searched.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
                return _text.ToString();
        }
    }

    /// <summary>The lines so far, without their line ends. The last one may be incomplete.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var lines = Text.ReplaceLineEndings("\n").Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
    }

    /// <summary>Waits for the next complete line that contains this text.</summary>
    /// <inheritdoc cref="WaitForLineAsync(Func{string, bool}, TimeSpan?, string, CancellationToken)"/>
    public Task<string> WaitForLineAsync(string part, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitForLineAsync(line => line.Contains(part, StringComparison.Ordinal), timeout, $"a line with '{part}'", cancellationToken);

    /// <summary>Waits for the next complete line for which the predicate is true, and skips the lines before it.</summary>
    /// <exception cref="TimeoutException">
    /// The text did not appear before the timeout (30 s by default), or the output ended without it.
    /// </exception>
    public async Task<string> WaitForLineAsync(
        Func<string, bool> predicate,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(predicate))] string what = "",
        CancellationToken cancellationToken = default)
    {
        string? found = null;
        await WaitAsync(TakeMatchingLine, what, timeout, cancellationToken);
        return found!;

        bool TakeMatchingLine()
        {
            while (TakeLine() is { } line)
            {
                if (!predicate(line))
                    continue;
                found = line;
                return true;
            }

            return false;
        }
    }

    /// <summary>Waits for this text, also in an incomplete line such as a prompt or a progress bar.</summary>
    /// <exception cref="TimeoutException">
    /// The text did not appear before the timeout (30 s by default), or the output ended without it.
    /// </exception>
    public Task WaitForTextAsync(string text, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync(() => TakeText(text), $"'{text}'", timeout, cancellationToken);

    internal void Append(string chunk)
    {
        lock (_gate)
        {
            _raw.Append(chunk);
            _text.Append(_clean is null ? chunk : _clean(chunk));
            Signal();
        }
    }

    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitAsync(Func<bool> tryTake, string what, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? DefaultTimeout;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        while (true)
        {
            // The signal and the end are read before the text, so that text which arrives in between is found now or wakes the wait.
            var (changed, ended) = State();
            if (tryTake())
                return;
            if (ended)
                throw new TimeoutException($"The output ended without {what}.\n{_describe()}");
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"After {limit.TotalSeconds:0.#} s still waiting for {what}.\n{_describe()}");
            }
        }
    }

    private (Task Changed, bool Ended) State()
    {
        lock (_gate)
            return (_changed.Task, _ended);
    }

    private string? TakeLine()
    {
        lock (_gate)
        {
            var rest = _text.ToString(_cursor, _text.Length - _cursor);
            var end = rest.IndexOf('\n', StringComparison.Ordinal);
            if (end < 0 && !(_ended && rest.Length > 0))
                return null;
            _cursor += end < 0 ? rest.Length : end + 1;
            return (end < 0 ? rest : rest[..end]).TrimEnd('\r');
        }
    }

    private bool TakeText(string text)
    {
        lock (_gate)
        {
            var at = _text.ToString(_cursor, _text.Length - _cursor).IndexOf(text, StringComparison.Ordinal);
            if (at < 0)
                return false;
            _cursor += at + text.Length;
            return true;
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }
}
