using P2PShare.Testing;

namespace P2PShare.Fuzz;

/// <summary>Changes one of the writes to a stream; the others pass as they are.</summary>
/// <param name="inner">The stream that is read and written.</param>
/// <param name="mutator">How it is changed.</param>
/// <param name="write">Which one, from 0.</param>
internal sealed class CorruptingStream(Stream inner, Mutator mutator, int write) : UnseekableStream
{
    private int _writes;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(_writes++ == write ? mutator.ChangeBytes(buffer.ToArray()) : buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
