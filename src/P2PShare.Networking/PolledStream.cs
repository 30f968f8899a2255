using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace P2PShare.Networking;

/// <summary>
/// A socket that an <see cref="EventLoop"/> watches, as a stream. A read with room for nothing ends when there is something to
/// read, and holds no buffer meanwhile. One reads and one writes at a time.
/// </summary>
internal sealed class PolledStream : Stream
{
    private static int _lastNumber;

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly Readiness _input = new(isReady: false);
    private readonly Readiness _output = new(isReady: true);
    private readonly Readiness _turn = new(isReady: false);
    private readonly int _slot;
    private int _isClosed;

    /// <param name="socket">Connected; owned from now on.</param>
    /// <param name="loop">Watches it.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    public PolledStream(Socket socket, EventLoop loop)
    {
        (_socket, _handle, _loop) = (socket, socket.SafeHandle, loop);
        _slot = loop.Add(this, _handle);
    }

    /// <summary>No other living stream's.</summary>
    public int Number { get; } = Interlocked.Increment(ref _lastNumber);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The loop's word that something changed.</summary>
    public void OnReady(uint events)
    {
        // The other side's end may have come with its last bytes, and is not told again.
        if ((events & (Epoll.PeerFinished | Epoll.HangUp | Epoll.Error)) != 0)
            _input.NoteEnd();
        if ((events & (Epoll.Input | Epoll.PeerFinished | Epoll.HangUp | Epoll.Error)) != 0)
            _input.Signal();
        if ((events & (Epoll.Output | Epoll.HangUp | Epoll.Error)) != 0)
            _output.Signal();
    }

    /// <inheritdoc cref="Connection.TakeTurn"/>
    public ValueTask TakeTurnAsync()
    {
        _turn.NoteTry();
        return _loop.TryTakeTurn(_turn) ? _turn.WaitAsync(CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="Connection.GiveWay"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> GiveWayAsync()
    {
        _turn.NoteTry();
        if (!_loop.TryGiveWay(_turn))
            return await Connection.YieldAsync();
        await _turn.WaitAsync(CancellationToken.None);
        return _loop.WasBusy;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryRead(buffer.Span) is { } count ? ValueTask.FromResult(count)
        : buffer.IsEmpty ? _input.WaitForNothingAsync(cancellationToken)
        : ReadWhenReadyAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = TryWrite(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : WriteWhenReadyAsync(buffer[sent..], cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _loop.Remove(_slot);
            _socket.Dispose();
            _input.Close();
            _output.Close();
        }

        base.Dispose(disposing);
    }

    // Null where nothing is there yet.
    private int? TryRead(Span<byte> buffer)
    {
        if (!_input.IsReady)
            return null;
        if (buffer.IsEmpty)
            return 0;
        _input.NoteTry();
        var count = Epoll.Receive(_handle, buffer);

        // Fewer bytes than there was room for were all that had come (epoll(7)), and spare the try that would say so.
        if (count == buffer.Length)
            _input.NoteMore();
        return count >= 0 ? count : null;
    }

    private int TryWrite(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        while (sent < buffer.Length && _output.IsReady)
        {
            _output.NoteTry();
            var count = Epoll.Send(_handle, buffer[sent..]);
            if (count < 0)
                continue;
            sent += count;
            _output.NoteMore();
        }

        return sent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadWhenReadyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            await _input.WaitAsync(cancellation);
            if (TryRead(buffer.Span) is { } count)
                return count;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteWhenReadyAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            await _output.WaitAsync(cancellation);
            buffer = buffer[TryWrite(buffer.Span)..];
        }
    }
}
