using System.Buffers;
using System.Runtime.CompilerServices;

namespace P2PShare.Protocol.Transport;

/// <summary>
/// Bounded lines and exact byte counts over any stream, in both directions: the framing of every conversation (PROTOCOL.md,
/// section 2). Lines end with LF; a CR before it is dropped. One reader and one writer at a time.
/// </summary>
/// <remarks>
/// Nothing is allocated in steady state: lines are handed out in place, and what is written gathers in a pooled buffer until
/// <see cref="FlushAsync"/>. While nothing comes, no buffer is held, so that ten thousand silent connections cost little: it waits
/// with a read that has room for nothing, which a stream over a socket ends when there is something to read. Reading a line, when
/// it is cancelled, has taken nothing away; the next read goes on where it stood.
/// </remarks>
public sealed class LineChannel(Stream stream) : IBufferWriter<byte>, IAsyncDisposable
{
    // Twice the longest line, so that pipelined commands come many to a receive.
    private const int LeastInputBytes = 2 * Limits.MaxLineBytes;

    private byte[] _input = [];
    private int _start;
    private int _end;
    private bool _messagesEndWithReceive;
    private bool _endMayComeLate;

    private byte[] _output = [];
    private int _written;
    private int _lastFlush;

    /// <summary>Room for what one receive brings. More than the least where short answers with something in them come many together.</summary>
    public int InputBytes { get; set; } = LeastInputBytes;

    /// <summary>Bytes composed and not yet flushed.</summary>
    public int UnflushedBytes => _written;

    /// <summary>Bytes of a line have come, and its end has not, or was not looked for yet.</summary>
    public bool HasReceived => _end > _start;

    /// <summary>What has come and was not read yet, whole lines or not. Valid until the next read.</summary>
    public ReadOnlySpan<byte> Received => _input.AsSpan(_start, _end - _start);

    /// <summary>Takes a whole line that was received already. The line stays valid until the next read.</summary>
    /// <exception cref="LineTooLongException">More than 4,096 bytes stand there without a line end.</exception>
    public bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (_endMayComeLate && !TrySettleLateEnd())
            return false;
        var received = _input.AsSpan(_start, _end - _start);
        var lineFeed = received.IndexOf((byte)'\n');

        // A CR at the very end is left out of the count: it may be part of the end of a longest line.
        var length = lineFeed >= 0 ? lineFeed : received.Length;
        if (received[..length].EndsWith("\r"u8))
            length--;
        if (length > Limits.MaxLineBytes)
            throw new LineTooLongException();
        if (lineFeed < 0 && (received.IsEmpty || !_messagesEndWithReceive))
            return false;
        line = _input.AsMemory(_start, length);
        _start = lineFeed < 0 ? _end : _start + lineFeed + 1;
        return true;
    }

    /// <summary>The next line, or null at the end of the stream; a line that the end cuts off is not one. Valid until the next read.</summary>
    /// <exception cref="LineTooLongException">More than 4,096 bytes came without a line end.</exception>
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

    /// <summary>Ends when there is something to receive, be it the end of the stream; meanwhile no buffer is held that nothing stands in. Always 0.</summary>
    /// <remarks>Whoever awaits this before <see cref="ReceiveAsync"/> has nothing suspended in between, which is an object less for each wait.</remarks>
    public ValueTask<int> WaitForInputAsync(CancellationToken cancellation)
    {
        var arrival = stream.ReadAsync(Memory<byte>.Empty, cancellation);
        if (!arrival.IsCompleted && _start == _end)
        {
            (_start, _end) = (0, 0);
            Return(ref _input);
        }

        return arrival;
    }

    /// <summary>Waits for more bytes. False at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        if (_start == _end)
            await WaitForInputAsync(cancellation);
        return NoteReceived(await ReceiveIntoHeldAsync(cancellation));
    }

    /// <summary>
    /// The same where much is to come on few connections, for whoever says <see cref="NoteReceived"/> of what this ends with: the buffer is
    /// held meanwhile, and nothing is suspended in between, which is an object less for each wait.
    /// </summary>
    public ValueTask<int> ReceiveIntoHeldAsync(CancellationToken cancellation)
    {
        MakeInputRoom();
        return stream.ReadAsync(_input.AsMemory(_end), cancellation);
    }

    /// <summary>So many bytes have come. False where there are none, which is the end of the stream.</summary>
    public bool NoteReceived(int count)
    {
        _end += count;
        return count > 0;
    }

    /// <summary>
    /// As <see cref="ReadLineAsync"/>, for the first message of a plain 1.0 program, which may have no line end at all: where what
    /// came <paramref name="isWhole"/> and nothing follows it for 200 ms, or the stream ends there, it counts as ended, and from
    /// then on messages end with what one receive brings. A line end that comes after all belongs to it, and lines go on.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadFirstLineAsync(
        Func<ReadOnlyMemory<byte>, bool> isWhole, TimeProvider time, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> line;
        while (!TryReadLine(out line))
        {
            var unended = _input.AsMemory(_start, _end - _start);
            var mayBeWhole = unended.Length > 0 && isWhole(unended);
            var more = mayBeWhole
                ? await ReceiveUnlessSilentAsync(Limits.UnendedMessageSilence, time, cancellation)
                : await ReceiveAsync(cancellation);
            if (more)
                continue;
            if (!mayBeWhole)
                return null;
            (_messagesEndWithReceive, _endMayComeLate) = (true, true);
            _start = _end;
            return unended;
        }

        return line;
    }

    /// <summary>Fills <paramref name="destination"/> to its last byte. Cancelled in the middle, the connection is of no more use.</summary>
    /// <exception cref="EndOfStreamException">The stream ended before.</exception>
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

    /// <summary>Up to <paramref name="destination"/>'s length of raw bytes; 0 only at the end of the stream.</summary>
    public ValueTask<int> ReadBytesAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        var buffered = Math.Min(destination.Length, _end - _start);
        if (buffered == 0)
            return stream.ReadAsync(destination, cancellation);
        _input.AsSpan(_start, buffered).CopyTo(destination.Span);
        _start += buffered;
        return ValueTask.FromResult(buffered);
    }

    /// <summary>Sends what was composed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_written == 0)
            return;
        var length = _written;
        _written = 0;
        await stream.WriteAsync(_output.AsMemory(0, length), cancellation);
        _lastFlush = length;
        Return(ref _output);
    }

    /// <summary>Flushes, then sends <paramref name="bytes"/> as they are.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await stream.WriteAsync(bytes, cancellation);
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _output.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask DisposeAsync()
    {
        // The stream first: it ends a read that is under way before the read's buffer goes back to the pool.
        await stream.DisposeAsync();
        (_start, _end, _written) = (0, 0, 0);
        Return(ref _input);
        Return(ref _output);
    }

    private void MakeInputRoom()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        if (_input.Length >= InputBytes)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(InputBytes);
        _input.AsSpan(0, _end).CopyTo(larger);
        Return(ref _input);
        _input = larger;
    }

    private static void Return(ref byte[] buffer)
    {
        var pooled = buffer;
        buffer = [];
        if (pooled.Length > 0)
            ArrayPool<byte>.Shared.Return(pooled);
    }

    // What follows a message that counted as ended may be its line end, delayed on the way or typed by hand. False where that
    // cannot be told yet.
    private bool TrySettleLateEnd()
    {
        var received = _input.AsSpan(_start, _end - _start);
        if (received.IsEmpty || received.SequenceEqual("\r"u8))
            return false;
        var lateEnd = received[0] == (byte)'\n' ? 1 : received.StartsWith("\r\n"u8) ? 2 : 0;
        _start += lateEnd;
        (_messagesEndWithReceive, _endMayComeLate) = (lateEnd == 0, false);
        return true;
    }

    private async ValueTask<bool> ReceiveUnlessSilentAsync(TimeSpan silence, TimeProvider time, CancellationToken cancellation)
    {
        using var silent = new CancellationTokenSource(silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, cancellation);
        try
        {
            return await ReceiveAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void MakeRoom(int count)
    {
        if (_output.Length - _written >= count)
            return;

        // What was sent together last is a good guess for what will be, and spares a list its growing.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_written + count, Math.Max(2 * _output.Length, _lastFlush)));
        _output.AsSpan(0, _written).CopyTo(larger);
        Return(ref _output);
        _output = larger;
    }
}
