namespace P2PShare.Testing;

/// <summary>
/// A connection in memory: bytes written to one end are read from the other. It closes, resets and applies back-pressure as TCP
/// does, so that a session can be tested without a port and independently of the operating system's timing.
/// </summary>
public sealed class StreamPair : IDisposable
{
    /// <param name="capacity">Bytes that each direction holds before a write waits for the reader, as a socket's buffers do.</param>
    public StreamPair(int capacity = 64 * 1024)
    {
        var toFar = new ByteQueue(capacity);
        var toNear = new ByteQueue(capacity);
        Near = new PairedStream(toNear, toFar);
        Far = new PairedStream(toFar, toNear);
    }

    /// <summary>By convention the end of the code under test.</summary>
    public PairedStream Near { get; }

    /// <summary>By convention the end of the test.</summary>
    public PairedStream Far { get; }

    /// <summary>
    /// Resets the connection: every pending and later read and write of both ends fails with an <see cref="IOException"/>, and bytes
    /// in transit are lost, as after a TCP reset (RFC 9293, section 3.10.7.4).
    /// </summary>
    public void Reset()
    {
        Near.Reset();
        Far.Reset();
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
