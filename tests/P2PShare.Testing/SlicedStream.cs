namespace P2PShare.Testing;

/// <summary>
/// Gives what it wraps in slices, and no read ever crosses from one slice into the next, however large its buffer. TCP promises
/// an order and nothing about where one receive ends; a parser is right only if it is right for every cut, and this makes each one.
/// </summary>
/// <param name="inner">Where the bytes come from and where writes go, unsliced; disposed with this stream.</param>
/// <param name="slices">The length of each slice in bytes, at least 1; what comes after the last slice is not cut.</param>
public sealed class SlicedStream(Stream inner, IEnumerable<int> slices) : UnseekableStream
{
    private readonly IEnumerator<int> _slices = slices.GetEnumerator();
    private int _leftInSlice;

    /// <summary>Every slice has the same length: 1 is a byte at a time.</summary>
    public SlicedStream(Stream inner, int bytesPerRead)
        : this(inner, Enumerable.Repeat(bytesPerRead, int.MaxValue))
    {
    }

    /// <summary>Each slice's length is what the function says when the slice begins.</summary>
    public SlicedStream(Stream inner, Func<int> nextSlice)
        : this(inner, Enumerable.Repeat(nextSlice, int.MaxValue).Select(next => next()))
    {
    }

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_leftInSlice == 0)
        {
            _leftInSlice = _slices.MoveNext() ? _slices.Current : int.MaxValue;

            // A slice of nothing would read as the end of the stream, and the test would prove something else than it says.
            ArgumentOutOfRangeException.ThrowIfLessThan(_leftInSlice, 1, nameof(slices));
        }

        var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _leftInSlice)], cancellationToken);
        _leftInSlice -= read;
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
