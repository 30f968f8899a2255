using P2PShare.Server.Members;

namespace P2PShare.Server.Tests.Members;

/// <summary>A shared value as JetStream keeps it, which can also fail.</summary>
internal sealed class ValueInMemory : ISharedValue
{
    private readonly Lock _lock = new();
    private byte[]? _value;
    private ulong _version;

    public bool IsDown { get; set; }

    public byte[]? Value
    {
        get => _value;
        set => (_value, _version) = (value, _version + 1);
    }

    public Task<ulong> ReadVersionAsync(CancellationToken cancellation) => Answer(() => _version, cancellation);

    public Task<(byte[]? Value, ulong Version)> ReadAsync(CancellationToken cancellation) => Answer(() => (_value, _version), cancellation);

    public Task<bool> TryWriteAsync(byte[] value, ulong version, CancellationToken cancellation) => Answer(
        () =>
        {
            if (version != _version)
                return false;
            Value = value;
            return true;
        },
        cancellation);

    // Other callers run in between, as over a network.
    private async Task<T> Answer<T>(Func<T> act, CancellationToken cancellation)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
            return IsDown ? throw new IOException("it is down") : act();
    }
}
