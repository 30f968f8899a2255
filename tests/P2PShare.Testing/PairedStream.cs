namespace P2PShare.Testing;

/// <summary>
/// One end of a <see cref="StreamPair"/>. After it is disposed the other end reads what was already written and then 0, and its
/// writes fail with an <see cref="IOException"/>.
/// </summary>
public sealed class PairedStream : UnseekableStream
{
    private readonly ByteQueue _incoming;
    private readonly ByteQueue _outgoing;
    private volatile bool _disposed;

    internal PairedStream(ByteQueue incoming, ByteQueue outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _incoming.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _outgoing.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>
    /// Closes the sending direction and keeps receiving: the half-close that <c>printf ... | nc</c> makes when its input ends.
    /// </summary>
    public void CloseOutput() => _outgoing.CloseWriter();

    internal void Reset() => _incoming.Reset();

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _outgoing.CloseWriter();
        _incoming.CloseReader();
        base.Dispose(disposing);
    }
}
