using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Sends parts of files over one connection, after the lines composed for it, to a requester that must not stall.
/// </summary>
internal sealed class ContentSender(
    Connection connection, LineChannel channel, TimeProvider time, CancellationToken cancellation) : IDisposable
{
    // A requester has 30 s to take each chunk, so the slowest requester that is served takes 9 KB/s.
    private const int ChunkBytes = 256 * 1024;

    private readonly StallTimer _stall = new(UploadLimits.RequesterStall, time, cancellation);

    /// <summary>Flushes the channel, then sends a part of the file.</summary>
    /// <returns>The number of bytes sent: fewer than <paramref name="length"/> where the file ended earlier.</returns>
    /// <exception cref="OperationCanceledException">The requester took no byte for 30 s, or the program ends.</exception>
    /// <exception cref="IOException">The connection broke, or the file cannot be read.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> SendAsync(SafeFileHandle file, long offset, long length)
    {
        await channel.FlushAsync(_stall.Restart());
        long sent = 0;
        while (sent < length)
        {
            var part = Math.Min(ChunkBytes, length - sent);
            var token = _stall.Restart();
            var count = await connection.SendFileAsync(file, offset + sent, part, token);
            sent += count;
            if (count < part)
                break;
        }

        _stall.Stop();
        return sent;
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
}
