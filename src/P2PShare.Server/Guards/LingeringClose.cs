using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Guards;

/// <summary>Closes a refused connection so that its last reply arrives.</summary>
internal static class LingeringClose
{
    /// <summary>
    /// Closing a socket with unread input resets the connection, and a reset can destroy a reply that is still under way. So this sends
    /// the reply and the FIN, and then reads and drops what comes until the other side has closed, too, or
    /// <see cref="ServerLimits.LingerTime"/> or <see cref="ServerLimits.LingerBytes"/> is reached.
    /// </summary>
    public static async Task RunAsync(Connection connection, LineChannel channel, TimeProvider time, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(ServerLimits.LingerTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var scratch = new byte[Limits.MaxLineBytes];
        try
        {
            await channel.FlushAsync(either.Token);
            connection.CloseSending();
            for (var left = ServerLimits.LingerBytes; left > 0;)
            {
                var count = await channel.ReadBytesAsync(scratch, either.Token);
                if (count == 0)
                    return;
                left -= count;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke or the time is over. The reply was sent; whether it arrives cannot be improved any more.
        }
    }
}
