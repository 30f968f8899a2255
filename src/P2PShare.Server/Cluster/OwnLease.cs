using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Cluster.Status;

namespace P2PShare.Server.Cluster;

/// <summary>
/// The lease of this server: when it is due, how long it takes through the stream, and since when it is known to be there.
/// </summary>
internal sealed class OwnLease(ClusterSelf self, OwnPublisher publisher, ClusterCounters counters)
{
    // Delivery that is later than this may miss leases of others, which the stream replaces every two seconds.
    private static readonly TimeSpan PromptLag = TimeSpan.FromSeconds(1);
    private const int LeasesToTrust = 3;

    private readonly MessageWriter _writer = new(MessageBounds.MaxLeaseBytes);

    // By publication. Those whose results have not come, and so few that the oldest is found by looking at all.
    private readonly Dictionary<long, TimeSpan> _underWay = [];

    // The leases that may still be received, the newest last.
    private readonly Queue<(long Version, TimeSpan SentAt)> _sent = new();
    private TimeSpan _due;
    private TimeSpan? _storedAfter;
    private int _promptInRow;

    /// <summary>How long the last one took from being published to being received; null before the first.</summary>
    public TimeSpan? Lag { get; private set; }

    /// <summary>
    /// Whether delivery has been so prompt for the last leases that no lease of another server can have been missed.
    /// </summary>
    public bool IsDeliveryPrompt => _promptInRow >= LeasesToTrust;

    public bool IsDue(TimeSpan now) => now >= _due;

    /// <summary>
    /// Whether it is so long that a lease is known to have been in the stream that other servers may have forgotten this one, and may
    /// have purged its messages.
    /// </summary>
    public bool MayBeForgotten(TimeSpan now) => _storedAfter is { } since && now - since > ClusterBounds.DeadAge;

    public void Publish(uint epoch, ServerState state, TimeSpan now)
    {
        var version = publisher.NextVersion();
        new LeaseMessage
        {
            Version = version,
            Epoch = epoch,
            State = state,
            Started = self.Started,
            Address = self.Address,
            Key = self.Key,
            Counts = self.Counts(),
            LagMilliseconds = (uint)Math.Clamp(Lag?.TotalMilliseconds ?? 0, 0, uint.MaxValue),
            PublishedBytes = counters.PublishedBytes,
        }.Write(_writer);
        _underWay[publisher.PublishLease(_writer.Written)] = now;
        _sent.Enqueue((version, now));
        while (_sent.Count > 2 * LeasesToTrust)
            _sent.Dequeue();
        _due = now + ClusterBounds.LeaseInterval;

        // Before the first lease there was nothing to purge.
        _storedAfter ??= now;
    }

    /// <summary>Notes the result of a publication. False where it is none of a lease.</summary>
    public bool TryComplete(long publication, bool succeeded, TimeSpan now, out bool mayBeForgotten)
    {
        mayBeForgotten = false;
        if (!_underWay.Remove(publication, out var sentAt))
            return false;
        if (!succeeded)
        {
            counters.FailedPublications++;
            return true;
        }

        // The lease before was stored after it was sent, and this one before now. If that is longer than others wait, one of them may
        // have purged everything in between.
        mayBeForgotten = MayBeForgotten(now);
        if (sentAt > _storedAfter)
            _storedAfter = sentAt;
        return true;
    }

    public void Receive(long version, TimeSpan now)
    {
        while (_sent.TryPeek(out var sent) && sent.Version <= version)
        {
            _sent.Dequeue();
            if (sent.Version != version)
                continue;
            Lag = now - sent.SentAt;
            _promptInRow = Lag <= PromptLag ? _promptInRow + 1 : 0;
        }
    }

    /// <summary>The connection was lost, or delivery begins anew: the results of publications will not come.</summary>
    public void Disconnect()
    {
        counters.FailedPublications += _underWay.Count;
        _underWay.Clear();
        _promptInRow = 0;
    }

    /// <summary>Forgets what was published, because the server has taken a new id.</summary>
    public void Reset()
    {
        _underWay.Clear();
        _sent.Clear();
        (_storedAfter, _promptInRow) = (null, 0);
    }
}
