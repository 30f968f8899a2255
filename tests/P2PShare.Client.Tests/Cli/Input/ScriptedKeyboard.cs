using P2PShare.Client.Cli.Input;

namespace P2PShare.Client.Tests.Cli.Input;

/// <summary>Keys that a test presses, as .NET reports them on a terminal. After the last one the terminal is closed.</summary>
internal sealed class ScriptedKeyboard : IKeyboard
{
    private readonly Queue<ConsoleKeyInfo> _keys = [];

    /// <summary>The keys are there at once, as those of a paste.</summary>
    public bool IsPasting { get; set; }

    /// <summary>Is called before each key but the first.</summary>
    public Action BetweenKeys { get; set; } = () => { };

    public bool HasNext => IsPasting && _keys.Count > 0;

    public ScriptedKeyboard Type(string text)
    {
        foreach (var character in text)
        {
            var key = character switch
            {
                '\r' => ConsoleKey.Enter,
                '\t' => ConsoleKey.Tab,
                _ => ConsoleKey.None,
            };
            _keys.Enqueue(new ConsoleKeyInfo(character, key, false, false, false));
        }

        return this;
    }

    public ScriptedKeyboard Press(params ConsoleKey[] keys)
    {
        foreach (var key in keys)
            _keys.Enqueue(new ConsoleKeyInfo('\0', key, false, false, false));
        return this;
    }

    public ScriptedKeyboard Control(params ConsoleKey[] keys)
    {
        foreach (var key in keys)
            _keys.Enqueue(new ConsoleKeyInfo((char)(key - ConsoleKey.A + 1), key, false, false, control: true));
        return this;
    }

    public ScriptedKeyboard Alt(ConsoleKey key)
    {
        _keys.Enqueue(new ConsoleKeyInfo('\0', key, false, alt: true, false));
        return this;
    }

    public Task<ConsoleKeyInfo?> ReadAsync(CancellationToken cancellation)
    {
        BetweenKeys();
        return Task.FromResult(_keys.TryDequeue(out var key) ? (ConsoleKeyInfo?)key : null);
    }
}
