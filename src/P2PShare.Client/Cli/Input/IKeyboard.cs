namespace P2PShare.Client.Cli.Input;

/// <summary>Where keys come from.</summary>
internal interface IKeyboard
{
    /// <summary>A further key can be read without waiting. Not to be asked while a read is under way.</summary>
    bool HasNext { get; }

    /// <summary>The key that was read last belongs to pasted text.</summary>
    bool IsPasting { get; }

    /// <summary>
    /// Waits for a key. Null where the terminal is closed. After a cancelled call, the key that comes next belongs to the next call.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<ConsoleKeyInfo?> ReadAsync(CancellationToken cancellation);
}
