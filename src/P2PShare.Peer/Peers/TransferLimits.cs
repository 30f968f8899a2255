namespace P2PShare.Peer.Peers;

/// <summary>The limits of everything that this peer transfers.</summary>
/// <param name="Up">Of all uploads together.</param>
/// <param name="Down">Of all downloads together.</param>
internal sealed record TransferLimits(RateLimiter Up, RateLimiter Down)
{
    /// <param name="up">Bytes a second; 0 for no limit.</param>
    /// <param name="down">Bytes a second; 0 for no limit.</param>
    /// <param name="time">The clock.</param>
    public static TransferLimits Of(long up, long down, TimeProvider time) =>
        new(new RateLimiter(time) { BytesPerSecond = up }, new RateLimiter(time) { BytesPerSecond = down });
}
