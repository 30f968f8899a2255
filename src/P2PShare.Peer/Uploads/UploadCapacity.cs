using P2PShare.Protocol;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// How many requesters that watch are served at once while others wait. Few, so that each piece is whole, and can be passed on, as
/// early as possible; more only while that raises what this peer sends in all, as it does over fast lines and long ways.
/// </summary>
/// <param name="max">All upload slots.</param>
/// <param name="time">The clock.</param>
internal sealed class UploadCapacity(int max, TimeProvider time)
{
    private const double WorthRaising = 1.15;

    // Uploads are counted when they end. With fewer of them, the rate of a period is more chance than what the line gives: over a slow
    // line, in many periods of 2 s no upload ends at all. About one piece for each upload is counted in the period before or after the one
    // that it was sent in: a fifteenth, in two periods an eighth, which is less than what is worth raising.
    private const int MinPiecesPerUpload = 15;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(20);

    private long _periodStart = time.GetTimestamp();
    private long _restStart;
    private long _bytes;
    private double _rateBefore;
    private int _before;
    private bool _isTrying;
    private bool _isResting;

    /// <summary>Requesters served at once, from 2 to all slots, of which there may be fewer.</summary>
    public int Current { get; private set; } = Math.Min(max, UploadLimits.MinWatchingSlots);

    /// <summary>To be called for what was sent, and at least when a requester begins to wait.</summary>
    /// <param name="bytes">Bytes sent since the last call.</param>
    /// <param name="isContended">Requesters wait.</param>
    public void Note(long bytes, bool isContended)
    {
        _bytes += bytes;
        var elapsed = time.GetElapsedTime(_periodStart);
        if (isContended && (elapsed < Period || _bytes < (long)MinPiecesPerUpload * Current * Limits.PieceBytes))
            return;
        if (isContended)
            Decide(_bytes / elapsed.TotalSeconds);
        else
            Settle();
        (_periodStart, _bytes) = (time.GetTimestamp(), 0);
    }

    // Without a queue, a period says nothing about a larger or a smaller number.
    private void Settle()
    {
        if (_isTrying)
            Current = _before;
        _isTrying = false;
    }

    private void Decide(double rate)
    {
        if (_isTrying && rate < _rateBefore * WorthRaising)
        {
            (Current, _isTrying, _isResting, _restStart) = (_before, false, true, time.GetTimestamp());
            return;
        }

        if (_isResting && time.GetElapsedTime(_restStart) < RestAfterFailure)
            return;
        (_before, _rateBefore, _isTrying, _isResting) = (Current, rate, Current < max, false);
        Current = Math.Min(max, Current + Math.Max(1, Current / 2));
    }
}
