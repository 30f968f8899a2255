using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Sends content and hashes over one connection, after the lines composed for it, to a requester that must not stall, and within the
/// limit of all uploads: whatever this peer uploads passes through here.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="channel">Its channel.</param>
/// <param name="limit">The limit of all uploads.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellation">Ends every wait.</param>
internal sealed class ContentSender(
    Connection connection, LineChannel channel, RateLimiter limit, TimeProvider time, CancellationToken cancellation) : IDisposable
{
    private const int ChunkBytes = RateLimiter.MaxShare;

    // A requester waits 10 s for a byte, and each upload slot has its turn in between.
    private const int TurnsPerSecond = 16;

    private readonly StallTimer _stall = new(UploadLimits.RequesterStall, time, cancellation, () => connection.UntakenBytes);

    /// <summary>Flushes the channel, then sends a part of the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="fetch">Is told of the bytes as they are sent.</param>
    /// <returns>The number of bytes sent: fewer than <paramref name="length"/> where the file ended earlier.</returns>
    /// <exception cref="OperationCanceledException">The requester took no byte for 30 s, or the program ends.</exception>
    /// <exception cref="IOException">The connection broke, or the file cannot be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> SendAsync(SafeFileHandle file, long offset, long length, RequesterFetch? fetch)
    {
        fetch?.BeginSending();
        try
        {
            return await SendPartsAsync(file, offset, length, fetch);
        }
        finally
        {
            fetch?.EndSending();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<long> SendPartsAsync(SafeFileHandle file, long offset, long length, RequesterFetch? fetch)
    {
        await channel.FlushAsync(_stall.Restart());
        long sent = 0;
        while (sent < length)
        {
            var part = (int)Math.Min(ChunkBytes, length - sent);
            if (!limit.IsOff)
                part = await TakeShareAsync(part);
            var count = await connection.SendFileAsync(file, offset + sent, part, _stall.Restart());
            sent += count;
            fetch?.Note(count, time.GetTimestamp());
            if (count < part)
                break;
        }

        _stall.Stop();
        return sent;
    }

    /// <summary>Flushes the channel, then sends bytes from memory.</summary>
    /// <inheritdoc cref="FlushAsync"/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await channel.FlushAsync(_stall.Restart());
        while (!bytes.IsEmpty)
        {
            var part = Math.Min(ChunkBytes, bytes.Length);
            if (!limit.IsOff)
                part = await TakeShareAsync(part);
            await channel.WriteBytesAsync(bytes[..part], _stall.Restart());
            bytes = bytes[part..];
        }

        _stall.Stop();
    }

    /// <summary>Flushes the channel.</summary>
    /// <exception cref="OperationCanceledException">The requester took no byte for 30 s, or the program ends.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask FlushAsync()
    {
        await channel.FlushAsync(_stall.Restart());
        _stall.Stop();
    }

    public void Dispose() => _stall.Dispose();

    // The wait for the limit is none for the requester.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> TakeShareAsync(int wanted)
    {
        _stall.Stop();
        var share = Math.Min(wanted, limit.ShareFor(TurnsPerSecond));
        await limit.TakeAsync(share, _stall.Token);
        return share;
    }
}
