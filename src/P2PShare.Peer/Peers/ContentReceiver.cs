using System.Runtime.CompilerServices;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Peers;

/// <summary>
/// Receives content and hashes over one connection, within the limit of all downloads: whatever a download fetches passes through here.
/// </summary>
/// <remarks>
/// The limit holds the reading back, and TCP's flow control makes the owner wait. That is no stall of the owner: its time does not run
/// meanwhile. The lines of a conversation are not limited.
/// </remarks>
/// <param name="channel">The connection's channel.</param>
/// <param name="limit">The limit of all downloads.</param>
/// <param name="stall">Limits each wait for the owner.</param>
/// <param name="time">The clock.</param>
internal sealed class ContentReceiver(LineChannel channel, RateLimiter limit, StallTimer stall, TimeProvider time)
{
    // Each connection receives a share before it waits for its turn. Small ones keep that far below what passes in a second, also with
    // as many connections as a download has.
    private const int TurnsPerSecond = 64;

    /// <summary>How long the limit has held it back so far.</summary>
    public TimeSpan HeldBack { get; private set; }

    /// <summary>Reads what has been received, up to the length of <paramref name="data"/>.</summary>
    /// <returns>The number of bytes read; 0 only where the owner closed the connection.</returns>
    /// <exception cref="OperationCanceledException">The owner stalled, or the download ends.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> data) =>
        limit.IsOff ? channel.ReadBytesAsync(data, stall.Restart()) : ReadLimitedAsync(data);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadLimitedAsync(Memory<byte> data)
    {
        var share = Math.Min(data.Length, limit.ShareFor(TurnsPerSecond));
        var count = await channel.ReadBytesAsync(data[..share], stall.Restart());
        stall.Stop();
        var received = time.GetTimestamp();
        await limit.TakeAsync(count, stall.Token);
        HeldBack += time.GetElapsedTime(received);
        return count;
    }
}
