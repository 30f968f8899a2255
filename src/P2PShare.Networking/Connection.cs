using System.Net;
using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>A connection as the rest of the program sees it: a stream, who is at its other end, and a way to break it off.</summary>
/// <param name="Stream">Bytes both ways; disposing it closes the connection in order.</param>
/// <param name="Remote">The other side's address as the connection has it, never as the other side claims.</param>
/// <param name="Abort">
/// Closes with a reset (RST), so that the other side cannot take what it has for the whole. Throws nothing where the connection is
/// already gone, because it is a timer that calls it, as often as not.
/// </param>
public sealed record Connection(Stream Stream, IPEndPoint Remote, Action Abort)
{
    /// <summary>Says that nothing more will be sent (FIN), and leaves the other direction open. Throws nothing where the connection is already gone.</summary>
    public Action FinishSending { get; init; } = () => { };

    /// <summary>Sends a part of a file past this process; null where the stream is the only way.</summary>
    public SendFile? SendFile { get; init; }

    /// <summary>
    /// Ends when all those have read who found something to read at the same moment, on the same thread: what they are going to do can
    /// be prepared together, and their answers leave together. At once where there are no others.
    /// </summary>
    public Func<ValueTask> TakeTurn { get; init; } = () => ValueTask.CompletedTask;

    /// <summary>
    /// For work in many steps, between two of them: ends when others who were ready have had their turn. True where there were such,
    /// false where there were none or nobody knows.
    /// </summary>
    public Func<ValueTask<bool>> GiveWay { get; init; } = YieldAsync;

    internal static Connection Over(Socket socket, Stream stream) => new(
        stream,
        Plain((IPEndPoint)socket.RemoteEndPoint!),
        () => Reset(socket, stream))
    {
        FinishSending = () => FinishSendingOn(socket),
        SendFile = Platform.UsesLinuxCalls
            ? (file, offset, length, cancellation) => ZeroCopy.SendAsync(socket, file, offset, length, cancellation)
            : null,
        TakeTurn = stream is PolledStream polled ? polled.TakeTurnAsync : () => ValueTask.CompletedTask,
        GiveWay = stream is PolledStream patient ? patient.GiveWayAsync : YieldAsync,
    };

    internal static async ValueTask<bool> YieldAsync()
    {
        await Task.Yield();
        return false;
    }

    private static void Reset(Socket socket, Stream stream)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It ended at the same moment: there is nothing left to break off.
        }

        stream.Dispose();
    }

    private static void FinishSendingOn(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster: there is nobody left to tell.
        }
    }

    // A socket for both families shows IPv4 as ::ffff:127.0.0.1, which is nobody's address.
    private static IPEndPoint Plain(IPEndPoint end) =>
        end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;
}
