using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// One content that one requester fetches from this peer, over however many connections, from its first byte until nothing was sent for
/// a while or the last connection has gone on to something else. Thread-safe.
/// </summary>
/// <param name="requester">The requester's address.</param>
/// <param name="name">The name that the content has here.</param>
/// <param name="id">The content.</param>
/// <param name="now">A timestamp.</param>
internal sealed class RequesterFetch(IPAddress requester, FileName name, FileId id, long now)
{
    // Of a smoothed rate, the weight of the latest second.
    private const double WeightOfLatestRate = 0.4;

    private long _bytes;
    private long _sentAt = now;
    private int _sends;
    private long _measuredBytes;
    private long _measuredAt = now;

    public IPAddress Requester => requester;

    public FileName Name => name;

    public FileId Id => id;

    /// <summary>Bytes of content sent to the requester in this fetch.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How fast it is of late.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>When something was sent last; a timestamp.</summary>
    public long SentAt => Interlocked.Read(ref _sentAt);

    /// <summary>Something is being sent, however slowly the requester takes it.</summary>
    public bool IsSending => Volatile.Read(ref _sends) > 0;

    /// <summary>It has ended; what is sent from now on is another fetch.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The connections that it uses. Guarded by the lock of <see cref="RequesterFetches"/>.</summary>
    public int Connections { get; set; }

    public void BeginSending() => Interlocked.Increment(ref _sends);

    public void EndSending() => Interlocked.Decrement(ref _sends);

    /// <summary>Bytes were sent.</summary>
    public void Note(long bytes, long now)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Exchange(ref _sentAt, now);
    }

    /// <summary>Updates the rate: to be called about once a second.</summary>
    public void Measure(TimeProvider time, long now)
    {
        var seconds = time.GetElapsedTime(_measuredAt, now).TotalSeconds;
        if (seconds <= 0)
            return;
        var rate = (Bytes - _measuredBytes) / seconds;
        BytesPerSecond = _measuredBytes == 0 ? rate : BytesPerSecond + WeightOfLatestRate * (rate - BytesPerSecond);
        (_measuredBytes, _measuredAt) = (Bytes, now);
    }

    public void MarkEnded() => HasEnded = true;
}
