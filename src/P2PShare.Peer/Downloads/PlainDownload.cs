using System.Buffers;
using System.Net;
using System.Net.Sockets;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>
/// Fetches from an owner that speaks only version 1.0: sends the name, takes what comes until the owner closes. Neither the size
/// nor the content can be checked, so nothing is resumed and the user is told.
/// </summary>
internal sealed class PlainDownload(DownloadServices services, IDownloadObserver observer)
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Gives the path that the file was saved under, and its bytes.</summary>
    /// <exception cref="IOException">The owner broke off or stalled; nothing is kept.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="SaveFailedException">It cannot be saved.</exception>
    public async Task<(string Path, long Bytes)> FetchAsync(PeerAddress owner, FileName name, string goal, CancellationToken cancellation)
    {
        var connection = await services.Dial(new IPEndPoint(owner.Ip, owner.Port), cancellation);
        await using var stream = connection.Stream;
        var line = new byte[name.Utf8.Length + 1];
        name.Utf8.Span.CopyTo(line);
        line[^1] = (byte)'\n';
        await stream.WriteAsync(line, cancellation);

        var part = PlainPart.Create(goal);
        try
        {
            var bytes = await CopyAsync(stream, part, cancellation);
            return (part.Finish(FinalName.Candidates(goal)), bytes);
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
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellation);
        try
        {
            long copied = 0;
            while (true)
            {
                // An owner with many requesters lets a plain one wait in silence for its turn: more patience than among our own.
                stall.CancelAfter(OwnerLimits.PlainStall);
                var count = await from.ReadAsync(buffer, either.Token);
                if (count == 0)
                    return copied;
                to.Write(buffer.AsSpan(0, count), copied);
                copied += count;
                observer.Report(new DownloadProgress(copied, null, 0, 1, 1));
            }
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested)
        {
            throw new IOException($"it sent nothing for {OwnerLimits.PlainStall.TotalSeconds:F0} s");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
