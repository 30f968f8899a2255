namespace P2PShare.Testing;

/// <summary>A stream that falls silent after some bytes and stays open: a peer that was stopped (SIGSTOP), or whose cable was pulled.</summary>
/// <param name="inner">What is read and written until then.</param>
/// <param name="bytesToRead">How many bytes can be read before the silence.</param>
public sealed class HoldingStream(Stream inner, long bytesToRead) : UnseekableStream
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = bytesToRead;

    /// <summary>Completes when somebody waits for a byte that will not come.</summary>
    public Task Held => _held.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
        {
            _held.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
