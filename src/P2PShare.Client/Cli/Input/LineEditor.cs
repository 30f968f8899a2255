using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Input;

/// <summary>
/// Reads lines from a terminal, with the keys of readline (its Emacs mode), history and completion. It stands where Console.ReadLine
/// stands elsewhere.
/// </summary>
/// <param name="keys">The keyboard.</param>
/// <param name="screen">Shows the line.</param>
/// <param name="history">The earlier lines.</param>
/// <param name="complete">Completes the text before the cursor.</param>
internal sealed class LineEditor(
    IKeyboard keys, Screen screen, History history, Func<string, CancellationToken, Task<Completion>> complete)
{
    private const int MaxListed = 100;

    // A server that does not answer must not hold the keyboard.
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly EditBuffer _buffer = new();

    /// <summary>Waits until a line is entered. Null at the end of the input: Ctrl+D in an empty line, or a closed terminal.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the line is removed from the terminal.</exception>
    public async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        try
        {
            return await EditAsync(cancellation);
        }
        finally
        {
            screen.RemoveInput();
        }
    }

    /// <summary>Ctrl+C: clears the line. False where it is empty already.</summary>
    public bool TryClear()
    {
        lock (_lock)
        {
            if (_buffer.Text.Length == 0)
                return false;
            screen.EndInput($"{_buffer.Text}^C");
            _buffer.Set("");
            Show();
            return true;
        }
    }

    /// <summary>Draws the line again: the terminal has another size, or was used by another program.</summary>
    public void Refresh() => screen.RefreshInput();

    private async Task<string?> EditAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _buffer.Set("");
            screen.BeginInput();
            Show();
        }

        while (true)
        {
            if (await keys.ReadAsync(cancellation) is not { } key)
                return End(null);
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
                return End(Entered());
            if (key.Key == ConsoleKey.Tab)
                await CompleteAsync(cancellation);
            else if (IsControl(key, ConsoleKey.D) && _buffer.Text.Length == 0)
                return End(null);
            else
                Apply(key);
        }
    }

    private string Entered()
    {
        lock (_lock)
        {
            var line = _buffer.Text;
            history.Add(line);
            return line;
        }
    }

    private string? End(string? line)
    {
        lock (_lock)
        {
            screen.EndInput(_buffer.Text);
            _buffer.Set("");
        }

        return line;
    }

    private void Apply(ConsoleKeyInfo key)
    {
        lock (_lock)
        {
            Edit(key);

            // While many keys are waiting, nobody sees the steps.
            if (!keys.HasNext)
                Show();
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
            EditWithControl(key.Key);
        else if (key.Modifiers.HasFlag(ConsoleModifiers.Alt))
            EditWithAlt(key.Key);
        else
            EditWithKey(key);
    }

    private void EditWithControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.A: _buffer.MoveToStart(); break;
            case ConsoleKey.E: _buffer.MoveToEnd(); break;
            case ConsoleKey.B: _buffer.MoveLeft(); break;
            case ConsoleKey.F: _buffer.MoveRight(); break;
            case ConsoleKey.D: _buffer.DeleteRight(); break;
            case ConsoleKey.H: _buffer.DeleteLeft(); break;
            case ConsoleKey.K: _buffer.DeleteToEnd(); break;
            case ConsoleKey.U: _buffer.DeleteToStart(); break;
            case ConsoleKey.W or ConsoleKey.Backspace: _buffer.DeleteWordLeft(); break;
            case ConsoleKey.P: GoTo(history.Older(_buffer.Text)); break;
            case ConsoleKey.N: GoTo(history.Newer()); break;
            case ConsoleKey.L: screen.Clear(); break;
            case ConsoleKey.LeftArrow: _buffer.MoveWordLeft(); break;
            case ConsoleKey.RightArrow: _buffer.MoveWordRight(); break;
            case ConsoleKey.Delete: _buffer.DeleteWordRight(); break;
            default: break;
        }
    }

    private void EditWithAlt(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.B or ConsoleKey.LeftArrow: _buffer.MoveWordLeft(); break;
            case ConsoleKey.F or ConsoleKey.RightArrow: _buffer.MoveWordRight(); break;
            case ConsoleKey.D: _buffer.DeleteWordRight(); break;
            case ConsoleKey.Backspace: _buffer.DeleteWordLeft(); break;
            default: break;
        }
    }

    private void EditWithKey(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow: _buffer.MoveLeft(); break;
            case ConsoleKey.RightArrow: _buffer.MoveRight(); break;
            case ConsoleKey.Home: _buffer.MoveToStart(); break;
            case ConsoleKey.End: _buffer.MoveToEnd(); break;
            case ConsoleKey.Backspace: _buffer.DeleteLeft(); break;
            case ConsoleKey.Delete: _buffer.DeleteRight(); break;
            case ConsoleKey.UpArrow: GoTo(history.Older(_buffer.Text)); break;
            case ConsoleKey.DownArrow: GoTo(history.Newer()); break;
            default: Insert(key.KeyChar); break;
        }
    }

    private void Insert(char character)
    {
        if (!char.IsControl(character))
            _buffer.Insert(character.ToString());
    }

    private void GoTo(string? line)
    {
        if (line is not null)
            _buffer.Set(line);
    }

    private async Task CompleteAsync(CancellationToken cancellation)
    {
        // In pasted text a tab is a space.
        if (keys.IsPasting)
        {
            Apply(new ConsoleKeyInfo(' ', ConsoleKey.Spacebar, false, false, false));
            return;
        }

        var before = _buffer.Text[.._buffer.Cursor];
        var completion = await CompletionOfAsync(before, cancellation);
        lock (_lock)
        {
            // Ctrl+C may have cleared the line meanwhile.
            if (completion.Candidates.Count == 0 || !_buffer.Text.StartsWith(before, StringComparison.Ordinal))
                return;
            var common = completion.Candidates.Count == 1 ? completion.Candidates[0] : completion.CommonBeginning();
            var typed = before[completion.Start..];
            if (common.Length > typed.Length || completion.Candidates.Count == 1)
                _buffer.ReplaceBefore(completion.Start, common);
            else
                List(completion);
            Show();
        }
    }

    private async Task<Completion> CompletionOfAsync(string before, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(CompletionTimeout);
        try
        {
            return await complete(before, timeout.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return Completion.None;
        }
    }

    private void List(Completion completion)
    {
        foreach (var line in TextTable.ColumnsOf([.. completion.Labels.Take(MaxListed)], screen.Width))
            screen.Text(line);
        if (completion.Labels.Count > MaxListed)
            screen.Text($"and {completion.Labels.Count - MaxListed} more");
    }

    private void Show() => screen.ShowInput(_buffer.Text, _buffer.Cursor);

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey expected) =>
        key.Key == expected && key.Modifiers.HasFlag(ConsoleModifiers.Control);
}
