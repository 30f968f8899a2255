using P2PShare.Testing;

namespace P2PShare.Server.Tests;

/// <summary>Measures the longest write and the total of the reads.</summary>
internal sealed class MeasuredStream(Stream inner) : UnseekableStream
{
    private long _read;
    private long _longestWrite;

    public override bool CanWrite => inner.CanWrite;

    /// <summary>Bytes.</summary>
    public long BytesRead => Interlocked.Read(ref _read);

    /// <summary>Bytes.</summary>
    public long LongestWrite => Interlocked.Read(ref _longestWrite);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _read, count);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Exchange(ref _longestWrite, Math.Max(LongestWrite, buffer.Length));
        return inner.WriteAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
