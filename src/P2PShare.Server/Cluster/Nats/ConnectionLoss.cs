namespace P2PShare.Server.Cluster.Nats;

/// <summary>Tells the loss of one connection to NATS, for the first of several reasons. Any thread may call it, also too late.</summary>
/// <param name="time">The clock.</param>
internal sealed class ConnectionLoss(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _lost = new();

    // Referred to, so that it is not collected before it fires.
    private ITimer? _giveUp;

    /// <summary>Cancelled when the connection is given up.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>Why the connection was given up, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Gives up the connection.</summary>
    public void Report(string reason)
    {
        Reason ??= reason;
        try
        {
            _lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended meanwhile.
        }
    }

    /// <summary>Gives up the connection, unless it ends before.</summary>
    public void ReportAfter(TimeSpan due, string reason) => _giveUp = NewTimer(due, reason);

    /// <summary>A timer that gives up the connection when it fires.</summary>
    public ITimer NewTimer(TimeSpan due, string reason) => time.CreateTimer(_ => Report(reason), null, due, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _giveUp?.Dispose();
        _lost.Dispose();
    }
}
