using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>The two ways to make a stream of a socket, which it then owns.</summary>
public static class ConnectionStreams
{
    /// <summary>Whoever waited goes on on the thread pool, and may take its time.</summary>
    public static Stream OnThreadPool(Socket socket) => new NetworkStream(socket, ownsSocket: true);

    /// <summary>
    /// Whoever waited goes on on the thread that found the socket ready, and must not keep it: the way of many connections with
    /// little to do for each. Where there is no epoll, the same as <see cref="OnThreadPool"/>.
    /// </summary>
    public static Stream OnEventLoop(Socket socket) => Platform.UsesLinuxCalls ? EventLoop.StreamOver(socket) : OnThreadPool(socket);
}
