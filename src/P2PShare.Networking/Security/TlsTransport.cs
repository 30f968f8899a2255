using System.Buffers;
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

    private bool _isHandshake;
    private bool _holdsSlot;
    private byte[]? _collected;
    private int _length;

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
        _isHandshake ? ReadForHandshakeAsync(buffer, cancellationToken) : stream.ReadAsync(buffer, cancellationToken);

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

        // The read may have ended on the thread of an event loop, which serves many connections.
        await Task.Yield();
        await TakeSlotAsync(cancellation);
        return count;
    }

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
