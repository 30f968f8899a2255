using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>A stream that keeps a copy of all that is written: what somebody on the way could read.</summary>
internal sealed class RecordingStream(Stream inner) : UnseekableStream
{
    private readonly MemoryStream _written = new();

    public byte[] Written => _written.ToArray();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
