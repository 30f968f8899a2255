using System.Net.Sockets;

namespace P2PShare.Testing;

/// <summary>
/// One direction of a <see cref="StreamPair"/>. A Pipe would not do: it cannot be reset from outside while its reader holds a buffer,
/// and the tests need resets at any moment.
/// </summary>
internal sealed class ByteQueue(int capacity)
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private TaskCompletionSource _changed = NewSignal();
    private int _start;
    private int _count;
    private bool _writerClosed;
    private bool _readerClosed;
    private bool _reset;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                ThrowIfReset();
                if (_readerClosed)
                    throw Broken(SocketError.OperationAborted);
                if (_count > 0 || _writerClosed || buffer.IsEmpty)
                    return Take(buffer.Span);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                ThrowIfReset();
                if (_readerClosed || _writerClosed)
                    throw Broken(SocketError.Shutdown);
                buffer = buffer[Put(buffer.Span)..];
                if (buffer.IsEmpty)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public void CloseWriter() => Change(() => _writerClosed = true);

    public void CloseReader() => Change(() => _readerClosed = true);

    public void Reset() => Change(() => _reset = true);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The exception that a NetworkStream throws, so that code which inspects it is tested too.
    private static IOException Broken(SocketError reason)
    {
        var inner = new SocketException((int)reason);
        return new IOException($"The connection failed: {inner.Message}.", inner);
    }

    private void ThrowIfReset()
    {
        if (_reset)
            throw Broken(SocketError.ConnectionReset);
    }

    private int Take(Span<byte> destination)
    {
        var taken = Math.Min(destination.Length, _count);
        for (var i = 0; i < taken; i++)
            destination[i] = _ring[(_start + i) % capacity];
        _start = (_start + taken) % capacity;
        _count -= taken;
        Signal();
        return taken;
    }

    private int Put(ReadOnlySpan<byte> source)
    {
        var put = Math.Min(source.Length, capacity - _count);
        for (var i = 0; i < put; i++)
            _ring[(_start + _count + i) % capacity] = source[i];
        _count += put;
        if (put > 0)
            Signal();
        return put;
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Signal();
        }
    }

    // Waiters hold the old signal. They wake on another thread, never under this lock, and check the state again.
    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }
}
