using System.Buffers;
using System.Runtime.CompilerServices;
using P2PShare.Networking.Streams;

namespace P2PShare.Networking.Security;

/// <summary>
/// The stream below an <see cref="System.Net.Security.SslStream"/>: it runs the work of handshakes on the thread pool, few at a time, and
/// sends the records of a long write together.
/// </summary>
/// <param name="stream">The connection's bytes.</param>
/// <param name="handshakes">Limits how many handshakes compute at once.</param>
internal sealed class TlsTransport(Stream stream, SemaphoreSlim handshakes) : AsyncStream
{
    // A record is at most 16 KiB long, and SslStream writes each by itself.
    private const int CollectedBytes = 128 * 1024;

    // SslStream reads a record at a time. Where more than a record is there at once, this much is received together.
    private const int AheadBytes = 128 * 1024;

    private const int MaxClearTextBytes = 64;

    // A record begins with its type (RFC 8446, section 5.1): change_cipher_spec, alert, handshake or application_data.
    private const byte FirstRecordType = 20;
    private const byte LastRecordType = 23;

    private bool _isHandshake;
    private bool _hasReceived;
    private bool _holdsSlot;
    private byte[]? _collected;
    private int _length;

    // Received and not read yet: _ahead[_aheadStart.._aheadEnd].
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadEnd;
    private bool _hasMoreThanAsked;

    /// <summary>See <see cref="TlsException.ClearText"/>.</summary>
    public ReadOnlyMemory<byte> ClearText { get; private set; }

    /// <summary>From now on, what follows a read runs on the thread pool while it holds one of the slots.</summary>
    public async ValueTask BeginHandshakeAsync(CancellationToken cancellation)
    {
        _isHandshake = true;
        await TakeSlotAsync(cancellation);
    }

    public void EndHandshake()
    {
        _isHandshake = false;
        ReleaseSlot();
    }

    /// <summary>Keeps what is written until <see cref="SendCollectedAsync"/>, up to some records at a time.</summary>
    public void CollectWrites() => _collected = ArrayPool<byte>.Shared.Rent(CollectedBytes);

    /// <summary>Sends what was kept, and keeps nothing from then on.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendCollectedAsync(CancellationToken cancellation)
    {
        var collected = _collected!;
        var length = _length;
        (_collected, _length) = (null, 0);
        try
        {
            await stream.WriteAsync(collected.AsMemory(0, length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(collected);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isHandshake ? ReadForHandshakeAsync(buffer, cancellationToken)
        : _ahead is not null ? ValueTask.FromResult(TakeAhead(buffer.Span))
        : buffer.IsEmpty ? stream.ReadAsync(buffer, cancellationToken)
        : _hasMoreThanAsked ? ReadAheadAsync(buffer, cancellationToken)
        : ReadDirectlyAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _collected is null ? stream.WriteAsync(buffer, cancellationToken) : CollectAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadForHandshakeAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        ReleaseSlot();
        var count = await stream.ReadAsync(buffer, cancellation);
        if (!_hasReceived && count > 0 && buffer.Span[0] is < FirstRecordType or > LastRecordType)
            ClearText = FirstLineOf(buffer.Span[..count]);
        _hasReceived |= count > 0;

        // The read may have ended on the thread of an event loop, which serves many connections.
        await Task.Yield();
        await TakeSlotAsync(cancellation);
        return count;
    }

    // Whoever sends a short line sends it in one piece.
    private static byte[] FirstLineOf(ReadOnlySpan<byte> received)
    {
        var line = received[..Math.Min(received.Length, MaxClearTextBytes)];
        var end = line.IndexOf((byte)'\n');
        return (end < 0 ? line : line[..end]).TrimEnd((byte)'\r').ToArray();
    }

    private ValueTask<int> ReadDirectlyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var reading = stream.ReadAsync(buffer, cancellation);
        if (!reading.IsCompletedSuccessfully)
            return reading;
        var count = reading.Result;
        _hasMoreThanAsked = count == buffer.Length;
        return ValueTask.FromResult(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var ahead = ArrayPool<byte>.Shared.Rent(AheadBytes);
        var count = 0;
        try
        {
            count = await stream.ReadAsync(ahead, cancellation);
        }
        finally
        {
            if (count == 0)
                ArrayPool<byte>.Shared.Return(ahead);
        }

        if (count == 0)
            return 0;
        _hasMoreThanAsked = count > buffer.Length;
        (_ahead, _aheadStart, _aheadEnd) = (ahead, 0, count);
        return TakeAhead(buffer.Span);
    }

    private int TakeAhead(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _aheadEnd - _aheadStart);
        _ahead.AsSpan(_aheadStart, count).CopyTo(destination);
        _aheadStart += count;
        if (_aheadStart == _aheadEnd)
        {
            ArrayPool<byte>.Shared.Return(_ahead!);
            _ahead = null;
        }

        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CollectAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        if (_length + record.Length > _collected!.Length)
        {
            await stream.WriteAsync(_collected.AsMemory(0, _length), cancellation);
            _length = 0;
        }

        record.CopyTo(_collected.AsMemory(_length));
        _length += record.Length;
    }

    private async ValueTask TakeSlotAsync(CancellationToken cancellation)
    {
        await handshakes.WaitAsync(cancellation);
        _holdsSlot = true;
    }

    private void ReleaseSlot()
    {
        if (!_holdsSlot)
            return;
        _holdsSlot = false;
        handshakes.Release();
    }
}
