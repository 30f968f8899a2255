using System.Buffers;
using System.Net;
using System.Net.Sockets;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Downloads;

/// <summary>
/// Fetches from an owner that speaks only protocol 1.0: sends the name, and receives until the owner closes the connection. Neither
/// size nor content can be verified, so nothing is resumed.
/// </summary>
internal sealed class PlainDownload(DownloadServices services, IDownloadObserver observer)
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Returns the path that the file was saved under, and its length in bytes.</summary>
    /// <exception cref="IOException">The owner reset the connection or stalled; nothing is kept.</exception>
    /// <exception cref="SocketException">Nobody answers at the owner's address.</exception>
    /// <exception cref="SaveFailedException">The file cannot be saved.</exception>
    public async Task<(string Path, long Bytes)> FetchAsync(
        PeerAddress owner, FileName name, string destination, CancellationToken cancellation)
    {
        var connection = await services.Dial(new IPEndPoint(owner.Ip, owner.Port), cancellation);
        await using var stream = connection.Stream;
        var line = new byte[name.Utf8.Length + 1];
        name.Utf8.Span.CopyTo(line);
        line[^1] = (byte)'\n';
        await stream.WriteAsync(line, cancellation);

        var part = PlainPart.Create(destination);
        try
        {
            var bytes = await CopyAsync(stream, part, cancellation);
            return (part.Finish(FinalName.Candidates(destination)), bytes);
        }
        catch
        {
            part.Discard();
            throw;
        }
    }

    private async Task<long> CopyAsync(Stream from, PlainPart to, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

        // A busy owner cannot tell a plain requester so, and lets it wait in silence: hence the longer patience.
        using var stall = new StallTimer(OwnerLimits.PlainStall, services.Time, cancellation);
        var receiver = new ContentReceiver(new LineChannel(from), services.Limit, stall, services.Time);
        try
        {
            long copied = 0;
            while (true)
            {
                var count = await receiver.ReadAsync(buffer);
                if (count == 0)
                    return copied;
                to.Write(buffer.AsSpan(0, count), copied);
                copied += count;
                observer.Report(new DownloadProgress(copied, TotalBytes: null, Files: 0, TotalFiles: 1, Owners: 1));
            }
        }
        catch (OperationCanceledException) when (stall.HasExpired)
        {
            throw new IOException($"it sent nothing for {OwnerLimits.PlainStall.TotalSeconds:F0} s");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
