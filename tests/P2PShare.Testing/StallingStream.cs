namespace P2PShare.Testing;

/// <summary>A stream that stalls after some bytes and stays open, as a peer that was stopped (SIGSTOP) or lost its network.</summary>
/// <param name="inner">The stream that is read and written.</param>
/// <param name="bytesToRead">The number of bytes that can be read before the stall.</param>
public sealed class StallingStream(Stream inner, long bytesToRead) : UnseekableStream
{
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _remaining = bytesToRead;

    /// <summary>Completes when a read waits for bytes that will not arrive.</summary>
    public Task Stalled => _stalled.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_remaining == 0)
        {
            _stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _remaining)], cancellationToken);
        _remaining -= count;
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
