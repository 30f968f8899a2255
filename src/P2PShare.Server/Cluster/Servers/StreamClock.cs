namespace P2PShare.Server.Cluster.Servers;

/// <summary>
/// The time of NATS, which stamps all messages with one clock: the time stamp of the newest message, and what has passed since then on
/// the clock of this machine.
/// </summary>
internal sealed class StreamClock
{
    private long _stored;
    private TimeSpan _receivedAt;

    /// <summary>Whether a message was received since the start.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The time stamp of the newest message, in UTC ticks; 0 for none.</summary>
    public long Newest => _stored;

    /// <param name="stored">The message's time stamp, in UTC ticks.</param>
    /// <param name="isLive">
    /// Whether the message is newer than all before. Otherwise it counts only where it has a later time stamp: a replay begins with the
    /// oldest message.
    /// </param>
    /// <param name="now">When it was received.</param>
    public void Observe(long stored, bool isLive, TimeSpan now)
    {
        if (IsSet && !isLive && stored < _stored)
            return;
        (_stored, _receivedAt, IsSet) = (stored, now, true);
    }

    /// <summary>How long before now this time stamp was, or 0 where it is later.</summary>
    public TimeSpan Age(long stored, TimeSpan now) => TimeSpan.FromTicks(Math.Max(0, _stored - stored + (now - _receivedAt).Ticks));
}
