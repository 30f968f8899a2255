namespace P2PShare.Client.Cli.Input;

/// <summary>
/// The keyboard of the program's terminal. .NET decodes the control sequences of keys, by terminfo; those around pasted text (bracketed
/// paste, xterm's DECSET 2004) it hands on as single keys, which are taken out here.
/// </summary>
internal sealed class ConsoleKeyboard : IKeyboard
{
    private const string PasteStart = "[200~";
    private const string PasteEnd = "[201~";

    // Over a slow line a control sequence may come in two parts. A single Escape means nothing here, and may wait.
    private static readonly TimeSpan SequenceGap = TimeSpan.FromMilliseconds(50);

    private readonly Queue<ConsoleKeyInfo> _waiting = [];
    private Task<ConsoleKeyInfo?>? _pending;

    public bool HasNext => _waiting.Count > 0 || IsKeyAvailable();

    public bool IsPasting { get; private set; }

    public async Task<ConsoleKeyInfo?> ReadAsync(CancellationToken cancellation)
    {
        var key = await NextAsync(cancellation);

        // The key that stands for a marker does nothing, but what was pasted is drawn after it.
        return key is { Key: ConsoleKey.Escape, Modifiers: 0 } && await TrySkipMarkerAsync(cancellation) ? default(ConsoleKeyInfo) : key;
    }

    private async Task<ConsoleKeyInfo?> NextAsync(CancellationToken cancellation)
    {
        if (_waiting.TryDequeue(out var waiting))
            return waiting;

        // Console.ReadKey cannot be cancelled: the thread that blocks in it goes on waiting for the next caller.
        _pending ??= Task.Run(Read, CancellationToken.None);
        var key = await _pending.WaitAsync(cancellation);
        _pending = null;
        return key;
    }

    private async Task<bool> TrySkipMarkerAsync(CancellationToken cancellation)
    {
        var read = new List<ConsoleKeyInfo>();
        var text = "";
        while (text.Length < PasteStart.Length)
        {
            if (!HasNext)
                await Task.Delay(SequenceGap, cancellation);
            if (!HasNext || await NextAsync(cancellation) is not { } key)
                break;
            read.Add(key);
            text += key.KeyChar;
            if (!PasteStart.StartsWith(text, StringComparison.Ordinal) && !PasteEnd.StartsWith(text, StringComparison.Ordinal))
                break;
        }

        if (text is PasteStart or PasteEnd)
        {
            IsPasting = text == PasteStart;
            return true;
        }

        foreach (var key in read)
            _waiting.Enqueue(key);
        return false;
    }

    private static bool IsKeyAvailable()
    {
        try
        {
            return Console.KeyAvailable;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private static ConsoleKeyInfo? Read()
    {
        try
        {
            return Console.ReadKey(intercept: true);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
