namespace P2PShare.Testing;

/// <summary>
/// A connection without a socket: what is written to one end is read from the other. It closes, resets and pushes back as TCP
/// does, so that a session can be tested in memory, with no port and no timing of the operating system.
/// </summary>
public sealed class StreamPair : IDisposable
{
    /// <param name="capacity">Bytes each direction holds before a write waits for the reader; a socket's buffers do the same.</param>
    public StreamPair(int capacity = 64 * 1024)
    {
        var toFar = new ByteQueue(capacity);
        var toNear = new ByteQueue(capacity);
        Near = new PairedStream(toNear, toFar);
        Far = new PairedStream(toFar, toNear);
    }

    /// <summary>By custom the end that is given to the code under test.</summary>
    public PairedStream Near { get; }

    /// <summary>By custom the end that the test speaks through.</summary>
    public PairedStream Far { get; }

    /// <summary>
    /// The connection breaks: every read and write of both ends, waiting or to come, fails with an <see cref="IOException"/>, and
    /// bytes that were under way are lost, as after a TCP reset (RFC 9293, section 3.10.7.4).
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
