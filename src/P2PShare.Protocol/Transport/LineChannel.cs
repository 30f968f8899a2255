using System.Buffers;
using System.Runtime.CompilerServices;

namespace P2PShare.Protocol.Transport;

/// <summary>
/// Reads and writes bounded lines and counted bytes over any stream: the framing of every conversation (PROTOCOL.md, section 2).
/// Lines end with LF; a CR before it is dropped. At most one reader and one writer at a time.
/// </summary>
/// <remarks>
/// Nothing is allocated in steady state: lines are slices of the receive buffer, and output is collected in a pooled buffer until
/// <see cref="FlushAsync"/>. An idle channel holds no buffer, so that ten thousand silent connections cost little: it waits with a
/// zero-byte read, which a stream over a socket completes when input is there. A cancelled read of a line consumes nothing; the
/// next read continues where it stopped.
/// </remarks>
public sealed class LineChannel(Stream stream) : IBufferWriter<byte>, IAsyncDisposable
{
    // Twice the longest line, so that one receive can bring many pipelined commands.
    private const int MinReceiveBufferBytes = 2 * Limits.MaxLineBytes;

    // Received and not read yet: _input[_start.._end].
    private byte[] _input = [];
    private int _start;
    private int _end;

    // For programs that end no message (PROTOCOL.md, section 2): a message ends where a receive ends, and the line end of the
    // first message may still arrive.
    private bool _receiveEndsMessage;
    private bool _expectsLateLineEnd;

    private byte[] _output = [];
    private int _outputLength;
    private int _lastFlushBytes;

    /// <summary>
    /// The least size of the receive buffer, in bytes. A larger one lets one receive bring many small answers with content.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = MinReceiveBufferBytes;

    /// <summary>Bytes that were written and not flushed.</summary>
    public int UnflushedBytes => _outputLength;

    /// <summary>Bytes that were received into the receive buffer since the beginning.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes that were flushed since the beginning.</summary>
    public long FlushedBytes { get; private set; }

    /// <summary>Whether bytes were received that no read has taken yet.</summary>
    public bool HasBufferedInput => _end > _start;

    /// <summary>The bytes that were received and not read yet, whole lines or not. Valid until the next read.</summary>
    public ReadOnlySpan<byte> BufferedInput => _input.AsSpan(_start, _end - _start);

    /// <summary>Reads a line that was received already. It stays valid until the next read.</summary>
    /// <returns>False where no whole line was received.</returns>
    /// <exception cref="LineTooLongException">More than 4,096 bytes were received without a line end.</exception>
    public bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (_expectsLateLineEnd && !TryResolveLateLineEnd())
            return false;
        var received = BufferedInput;
        var lineFeed = received.IndexOf((byte)'\n');

        // A CR at the very end does not count: it may belong to the line end of a line of the greatest length.
        var length = lineFeed >= 0 ? lineFeed : received.Length;
        if (received[..length].EndsWith("\r"u8))
            length--;
        if (length > Limits.MaxLineBytes)
            throw new LineTooLongException();
        if (lineFeed < 0 && (received.IsEmpty || !_receiveEndsMessage))
            return false;
        line = _input.AsMemory(_start, length);
        _start = lineFeed < 0 ? _end : _start + lineFeed + 1;
        return true;
    }

    /// <summary>Reads the next line. It stays valid until the next read.</summary>
    /// <returns>Null at the end of the stream; a line without its line end is dropped there.</returns>
    /// <exception cref="LineTooLongException">More than 4,096 bytes were received without a line end.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> line;
        while (!TryReadLine(out line))
        {
            if (!await ReceiveAsync(cancellation))
                return null;
        }

        return line;
    }

    /// <summary>
    /// Completes when the stream has input, or has ended. An empty receive buffer goes back to the pool meanwhile. The result is 0.
    /// </summary>
    /// <remarks>
    /// A caller that awaits this before <see cref="ReceiveAsync"/> suspends in one method instead of two, which saves an object per wait.
    /// </remarks>
    public ValueTask<int> WaitUntilReadableAsync(CancellationToken cancellation)
    {
        var zeroByteRead = stream.ReadAsync(Memory<byte>.Empty, cancellation);
        if (!zeroByteRead.IsCompleted && _start == _end)
        {
            (_start, _end) = (0, 0);
            ReturnToPool(ref _input);
        }

        return zeroByteRead;
    }

    /// <summary>Receives more bytes into the receive buffer.</summary>
    /// <returns>False at the end of the stream.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        if (_start == _end)
            await WaitUntilReadableAsync(cancellation);
        return CommitReceived(await ReceiveIntoBufferAsync(cancellation));
    }

    /// <summary>
    /// Receives into the receive buffer, which is held during the wait: for few connections that receive much. The caller passes the
    /// result to <see cref="CommitReceived"/>. Unlike <see cref="ReceiveAsync"/>, no method here suspends, which saves an object per wait.
    /// </summary>
    public ValueTask<int> ReceiveIntoBufferAsync(CancellationToken cancellation)
    {
        EnsureInputSpace();
        return stream.ReadAsync(_input.AsMemory(_end), cancellation);
    }

    /// <summary>Makes the bytes that <see cref="ReceiveIntoBufferAsync"/> received available to reads.</summary>
    /// <param name="count">What it returned.</param>
    /// <returns>False at the end of the stream, where the count is 0.</returns>
    public bool CommitReceived(int count)
    {
        _end += count;
        ReceivedBytes += count;
        return count > 0;
    }

    /// <summary>
    /// Reads the first message of a conversation. A plain program may send it without a line end: where the bytes received so far
    /// are complete and nothing follows them for 200 ms, or the stream ends there, they are the message, and each later message ends
    /// with an LF or with what one receive brings. If the next bytes are a line end, it belongs to the first message, and the
    /// conversation continues in lines.
    /// </summary>
    /// <param name="isComplete">Whether bytes without a line end are a complete message.</param>
    /// <param name="time">The clock that measures the silence.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="LineTooLongException">More than 4,096 bytes were received without a line end.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadFirstLineAsync(
        Func<ReadOnlyMemory<byte>, bool> isComplete, TimeProvider time, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> line;
        while (!TryReadLine(out line))
        {
            var unended = _input.AsMemory(_start, _end - _start);
            var mayBeMessage = unended.Length > 0 && isComplete(unended);
            var hasMore = mayBeMessage
                ? await ReceiveUnlessSilentAsync(Limits.UnendedMessageSilence, time, cancellation)
                : await ReceiveAsync(cancellation);
            if (hasMore)
                continue;
            if (!mayBeMessage)
                return null;
            (_receiveEndsMessage, _expectsLateLineEnd) = (true, true);
            _start = _end;
            return unended;
        }

        return line;
    }

    /// <summary>Fills <paramref name="destination"/> with raw bytes. After a cancellation the channel cannot be used any more.</summary>
    /// <exception cref="EndOfStreamException">The stream ended before the last byte.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < destination.Length)
        {
            var count = await ReadBytesAsync(destination[filled..], cancellation);
            if (count == 0)
                throw new EndOfStreamException("The connection ended in the middle of an answer.");
            filled += count;
        }
    }

    /// <summary>
    /// Reads raw bytes, at most the length of <paramref name="destination"/>. The result is 0 only at the end of the stream.
    /// </summary>
    public ValueTask<int> ReadBytesAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        var buffered = Math.Min(destination.Length, _end - _start);
        if (buffered == 0)
            return stream.ReadAsync(destination, cancellation);
        _input.AsSpan(_start, buffered).CopyTo(destination.Span);
        _start += buffered;
        return ValueTask.FromResult(buffered);
    }

    /// <summary>Sends everything that was written.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_outputLength == 0)
            return;
        var length = _outputLength;
        _outputLength = 0;
        await stream.WriteAsync(_output.AsMemory(0, length), cancellation);
        _lastFlushBytes = length;
        FlushedBytes += length;
        ReturnToPool(ref _output);
    }

    /// <summary>Flushes, then sends <paramref name="bytes"/> without copying them.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await stream.WriteAsync(bytes, cancellation);
    }

    public void Advance(int count) => _outputLength += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureOutputSpace(Math.Max(sizeHint, 1));
        return _output.AsMemory(_outputLength);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask DisposeAsync()
    {
        // The stream first: its disposal ends a pending read before the buffer of that read goes back to the pool.
        await stream.DisposeAsync();
        (_start, _end, _outputLength) = (0, 0, 0);
        ReturnToPool(ref _input);
        ReturnToPool(ref _output);
    }

    private void EnsureInputSpace()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        if (_input.Length >= ReceiveBufferBytes)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(ReceiveBufferBytes);
        _input.AsSpan(0, _end).CopyTo(larger);
        ReturnToPool(ref _input);
        _input = larger;
    }

    private static void ReturnToPool(ref byte[] buffer)
    {
        var pooled = buffer;
        buffer = [];
        if (pooled.Length > 0)
            ArrayPool<byte>.Shared.Return(pooled);
    }

    // The bytes after a message without a line end may be that line end, delayed by the network or typed by hand. If they are, it is
    // dropped. False where too few bytes were received to tell.
    private bool TryResolveLateLineEnd()
    {
        var received = BufferedInput;
        if (received.IsEmpty || received.SequenceEqual("\r"u8))
            return false;
        var lateEndBytes = received[0] == (byte)'\n' ? 1 : received.StartsWith("\r\n"u8) ? 2 : 0;
        _start += lateEndBytes;
        (_receiveEndsMessage, _expectsLateLineEnd) = (lateEndBytes == 0, false);
        return true;
    }

    private async ValueTask<bool> ReceiveUnlessSilentAsync(TimeSpan silence, TimeProvider time, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(silence, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await ReceiveAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void EnsureOutputSpace(int count)
    {
        if (_output.Length - _outputLength >= count)
            return;

        // The size of the last flush is a good estimate of the next one, and saves a long list from growing the buffer step by step.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_outputLength + count, Math.Max(2 * _output.Length, _lastFlushBytes)));
        _output.AsSpan(0, _outputLength).CopyTo(larger);
        ReturnToPool(ref _output);
        _output = larger;
    }
}
