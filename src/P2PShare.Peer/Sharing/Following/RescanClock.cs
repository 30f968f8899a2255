namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// When a folder is scanned as a whole: every 5 s where it is not watched, else every 10 minutes, in case that a change was not reported;
/// a folder that takes long to scan more seldom, so that no more than a tenth, or a hundredth, of the time is spent on it; but where it
/// is not watched, at least every 20 s, so that changes are seen on a busy machine, too.
/// </summary>
internal sealed class RescanClock(TimeProvider time)
{
    private static readonly TimeSpan Unwatched = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxUnwatched = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(10);
    private const int UnwatchedShare = 10;
    private const int WatchedShare = 100;

    private TimeSpan _cost;
    private long? _ended;

    private sealed class Scan(RescanClock clock) : IDisposable
    {
        private readonly long _begun = clock.Now;

        public void Dispose() => clock.End(_begun);
    }

    private long Now => time.GetTimestamp();

    /// <param name="isWatched">The system reports changes in the folder.</param>
    public bool IsDue(bool isWatched)
    {
        if (_ended is not { } ended)
            return true;
        var (period, share) = isWatched ? (Watched, WatchedShare) : (Unwatched, UnwatchedShare);
        var byCost = _cost * share;
        if (!isWatched && byCost > MaxUnwatched)
            byCost = MaxUnwatched;
        return time.GetElapsedTime(ended) >= (byCost > period ? byCost : period);
    }

    /// <summary>The next scan is due at once.</summary>
    public void Reset() => _ended = null;

    /// <summary>A scan begins; it ends when the result is disposed of.</summary>
    public IDisposable Begin() => new Scan(this);

    private void End(long begun) => (_cost, _ended) = (time.GetElapsedTime(begun), Now);
}
