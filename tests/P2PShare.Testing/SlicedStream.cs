namespace P2PShare.Testing;

/// <summary>
/// Divides a stream into slices: no read returns bytes of two slices, however large its buffer. TCP does not define where a receive
/// ends, so a parser must be correct for every division; with this stream, a test can try each one.
/// </summary>
/// <param name="inner">The stream that is read in slices and written without them; disposed with this stream.</param>
/// <param name="slices">The length of each slice in bytes, at least 1. Bytes after the last slice are not divided.</param>
public sealed class SlicedStream(Stream inner, IEnumerable<int> slices) : UnseekableStream
{
    private readonly IEnumerator<int> _slices = slices.GetEnumerator();
    private int _remainingInSlice;

    /// <summary>All slices have the same length; 1 reads byte by byte.</summary>
    public SlicedStream(Stream inner, int bytesPerRead)
        : this(inner, Enumerable.Repeat(bytesPerRead, int.MaxValue))
    {
    }

    /// <summary>The function returns the length of each slice when the slice begins.</summary>
    public SlicedStream(Stream inner, Func<int> nextSlice)
        : this(inner, Enumerable.Repeat(nextSlice, int.MaxValue).Select(next => next()))
    {
    }

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_remainingInSlice == 0)
        {
            _remainingInSlice = _slices.MoveNext() ? _slices.Current : int.MaxValue;

            // A slice of no bytes would look like the end of the stream.
            ArgumentOutOfRangeException.ThrowIfLessThan(_remainingInSlice, 1, nameof(slices));
        }

        var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _remainingInSlice)], cancellationToken);
        _remainingInSlice -= read;
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _slices.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
