namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// Calls the node for several tasks, one at a time, with the time of this machine. The node does nothing that waits.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeDriver(ClusterNode node, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_start);

    public void Connected()
    {
        lock (_lock)
            node.Connected(Now);
    }

    public void Disconnected()
    {
        lock (_lock)
            node.Disconnected(Now);
    }

    public void Received(string subject, ReadOnlyMemory<byte> payload, long storedAt)
    {
        lock (_lock)
            node.Received(subject, payload, storedAt, Now);
    }

    public void Published(long publication, bool succeeded)
    {
        lock (_lock)
            node.Published(publication, succeeded, Now);
    }

    public void Tick()
    {
        lock (_lock)
            node.Tick(Now);
    }

    public void Leave()
    {
        lock (_lock)
            node.Leave(Now);
    }

    public void Dispose() => node.Dispose();

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, time, cancellation);
}
