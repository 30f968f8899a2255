using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using P2PShare.Networking.Streams;

namespace P2PShare.Networking.Linux;

/// <summary>
/// A socket that an <see cref="EventLoop"/> watches, as a stream. A zero-byte read waits for input without holding a buffer. At most
/// one read and one write at a time.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PolledStream : AsyncStream
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly Readiness _input = new(isReady: false);
    private readonly Readiness _output = new(isReady: true);

    // Set by the loop, when a wait for the batch or after a yield is over.
    private readonly Readiness _resumption = new(isReady: false);
    private readonly int _slot;
    private int _isClosed;

    /// <param name="socket">Connected; owned from now on, unless this throws.</param>
    /// <param name="loop">Watches it.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public PolledStream(Socket socket, EventLoop loop)
    {
        (_socket, _handle, _loop, Id) = (socket, socket.SafeHandle, loop, loop.NextStreamId());
        _slot = loop.Add(this, _handle);
    }

    /// <summary>No other stream of its loop has it.</summary>
    public int Id { get; }

    /// <summary>The caller runs on the loop's thread.</summary>
    public bool IsOnLoopThread => _loop.IsCurrentThread;

    /// <summary>The loop reports events of the socket.</summary>
    public void OnReady(uint events)
    {
        // The end of the stream may have come together with its last bytes, and is not reported again.
        if ((events & (Epoll.PeerClosed | Epoll.HangUp | Epoll.Error)) != 0)
            _input.Latch();
        if ((events & (Epoll.Input | Epoll.PeerClosed | Epoll.HangUp | Epoll.Error)) != 0)
            _input.Signal();
        if ((events & (Epoll.Output | Epoll.HangUp | Epoll.Error)) != 0)
            _output.Signal();
    }

    /// <inheritdoc cref="EventLoop.TryJoinBatch"/>
    public ValueTask WaitForBatchAsync()
    {
        _resumption.Reset();
        return _loop.TryJoinBatch(_resumption) ? _resumption.WaitAsync(CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <summary>To be called on the loop's thread: goes on after all sockets that are ready now. True where there were any.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> YieldAsync()
    {
        _resumption.Reset();
        _loop.EnqueueYielded(_resumption);
        await _resumption.WaitAsync(CancellationToken.None);
        return _loop.HadEvents;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryRead(buffer.Span) is { } count ? ValueTask.FromResult(count)
        : buffer.IsEmpty ? _input.WaitAsZeroByteReadAsync(cancellationToken)
        : ReadWhenReadyAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = TryWrite(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : WriteWhenReadyAsync(buffer[sent..], cancellationToken);
    }

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

    // Null where no input is there yet.
    private int? TryRead(Span<byte> buffer)
    {
        if (!_input.IsReady)
            return null;
        if (buffer.IsEmpty)
            return 0;
        _input.Reset();
        var count = Epoll.Receive(_handle, buffer);

        // A short read has emptied the socket (epoll(7)), which saves the call that would say so. After a full one there may be more.
        if (count == buffer.Length)
            _input.Set();
        return count >= 0 ? count : null;
    }

    private int TryWrite(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        while (sent < buffer.Length && _output.IsReady)
        {
            _output.Reset();
            var count = Epoll.Send(_handle, buffer[sent..]);
            if (count < 0)
                continue;
            sent += count;
            _output.Set();
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
