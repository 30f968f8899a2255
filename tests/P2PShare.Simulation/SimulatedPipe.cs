namespace P2PShare.Simulation;

/// <summary>
/// One direction of a connection. Bytes arrive in order, after a latency and no faster than the bandwidth; a writer waits while the
/// window is full. While a host is offline, bytes in transit wait; after a reset they are lost.
/// </summary>
internal sealed class SimulatedPipe(SimulatedNetwork network, SimulatedHost from, SimulatedHost to)
{
    private const int Window = 256 * 1024;

    private readonly Queue<byte[]> _inTransit = new();
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _lastArrival;
    private int _unread;
    private bool _isReset;

    // The end of the stream has arrived.
    private bool _isFinished;

    private bool _isClosed;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            ThrowIfReset();
            if (_isClosed)
                throw new IOException("closed");
            var room = Window - _unread;
            if (room <= 0)
            {
                await _changed.Task.WaitAsync(cancellation);
                continue;
            }

            var part = bytes[..Math.Min(room, bytes.Length)];
            bytes = bytes[part.Length..];
            _unread += part.Length;
            Send(part.ToArray());
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfReset();
            if (_arrived.TryDequeue(out var bytes))
                return Take(bytes, buffer.Span);
            if (_isFinished)
                return 0;
            await _changed.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Ends the stream. The end arrives after the bytes in transit.</summary>
    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        Send([]);
    }

    public void Reset()
    {
        _isReset = true;
        Signal();
    }

    private int Take(ReadOnlyMemory<byte> bytes, Span<byte> buffer)
    {
        var count = Math.Min(bytes.Length, buffer.Length);
        bytes.Span[..count].CopyTo(buffer);
        if (count < bytes.Length)
            PutBack(bytes[count..]);
        _unread -= count;
        Signal();
        return count;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var others = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var other in others)
            _arrived.Enqueue(other);
    }

    private void Send(byte[] bytes)
    {
        _inTransit.Enqueue(bytes);
        var now = network.Now;
        _lastArrival = Math.Max(_lastArrival, now + network.LatencyTicks(from, to)) + network.TransferTicks(from, to, bytes.Length);
        network.At(_lastArrival, Arrive);
    }

    private void Arrive()
    {
        if (_isReset)
            return;
        if (network.IsUnreachable(from, to))
        {
            network.WhenOnline(Arrive);
            return;
        }

        var bytes = _inTransit.Dequeue();
        if (bytes.Length == 0)
            _isFinished = true;
        else
            _arrived.Enqueue(bytes);
        Signal();
    }

    private void ThrowIfReset()
    {
        if (_isReset)
            throw new IOException("reset");
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new();
}
