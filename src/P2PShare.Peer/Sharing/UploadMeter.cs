using System.Collections.Concurrent;

namespace P2PShare.Peer.Sharing;

/// <summary>How much of one content was sent, and to how many requesters of late. Thread-safe.</summary>
internal sealed class UploadMeter
{
    // More than these are not counted one by one.
    private const int MaxRequesters = 1000;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<object, long> _lastSent = new();
    private long _bytes;

    /// <summary>Bytes of content sent.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <param name="requester">Whoever was sent the bytes: one object for each conversation.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public void Note(object requester, long bytes, long now)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (_lastSent.ContainsKey(requester) || _lastSent.Count < MaxRequesters)
            _lastSent[requester] = now;
    }

    /// <summary>How many requesters were sent something in the last 5 s.</summary>
    public int CountRequesters(TimeProvider time) => _lastSent.Values.Count(sent => time.GetElapsedTime(sent) < Recent);
}
