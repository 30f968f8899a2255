namespace P2PShare.Soak;

/// <summary>A participant of a soak run, which connects, acts for a while, and disconnects.</summary>
internal interface IActor
{
    /// <summary>Acts once, for some minutes at most.</summary>
    Task RunAsync(Random random, CancellationToken cancellation);
}
