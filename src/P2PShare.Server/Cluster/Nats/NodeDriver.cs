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
    private CancellationTokenSource _lost = new();

    // Referred to, so that it is not collected before it fires.
    private ITimer? _giveUp;

    /// <summary>Cancelled when <see cref="Lose"/> was called since <see cref="Begin"/>.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Why the connection was given up, or null.</summary>
    public string? WhyLost { get; private set; }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>A new connection begins.</summary>
    public void Begin()
    {
        _giveUp?.Dispose();
        _lost.Dispose();
        (_lost, WhyLost) = (new CancellationTokenSource(), null);
    }

    /// <summary>Gives up the connection.</summary>
    public void Lose(string reason)
    {
        WhyLost ??= reason;
        _lost.Cancel();
    }

    /// <summary>Gives up the connection, unless it ends before.</summary>
    public void LoseAfter(TimeSpan due, string reason) => _giveUp = NewTimer(() => Lose(reason), due);

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

    public void Dispose()
    {
        _giveUp?.Dispose();
        _lost.Dispose();
        node.Dispose();
    }

    public ITimer NewTimer(Action fire, TimeSpan due) => time.CreateTimer(_ => fire(), null, due, Timeout.InfiniteTimeSpan);

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, time, cancellation);
}
