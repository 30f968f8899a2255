namespace P2PShare.Testing;

/// <summary>A stream whose first byte can be looked at before it is read.</summary>
public sealed class PeekableStream(Stream inner) : UnseekableStream
{
    private byte[] _peeked = [];

    /// <summary>The first byte, or -1 at the end.</summary>
    public async ValueTask<int> PeekByteAsync(CancellationToken cancellation)
    {
        var first = new byte[1];
        if (await inner.ReadAsync(first, cancellation) == 0)
            return -1;
        _peeked = first;
        return first[0];
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_peeked.Length == 0)
            return inner.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
            return ValueTask.FromResult(0);
        buffer.Span[0] = _peeked[0];
        _peeked = [];
        return ValueTask.FromResult(1);
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
