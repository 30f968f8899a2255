using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Guards;

/// <summary>Ends a refused connection so that its last reply arrives.</summary>
internal static class LingeringClose
{
    /// <summary>
    /// A socket that is closed while input is unread resets the connection, and a reset destroys the reply on its way. So this side
    /// finishes first, and takes what still comes until the other side has closed too, or for as long and as much as is reasonable.
    /// </summary>
    public static async Task SayAsync(Connection connection, LineChannel channel, TimeProvider time, CancellationToken cancellation)
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
            // It left, or did not listen: the reply was offered, and that is all that was owed.
        }
    }
}
