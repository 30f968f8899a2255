using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>The socket options of every connection of both programs.</summary>
internal static class TcpOptions
{
    private const int KeepAliveIdleSeconds = 15;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    // Keep-alive does not probe while sent data is unacknowledged; TCP_USER_TIMEOUT (RFC 5482) ends that wait after the same time.
    private const int LinuxTcpLevel = 6;
    private const int LinuxUserTimeout = 18;
    private const int UserTimeoutMilliseconds = 30_000;

    // TCP_NOTSENT_LOWAT
    private const int LinuxUnsentLimit = 25;

    /// <summary>
    /// Bounds what the kernel holds unsent, so that a write is done when its bytes are on their way and not megabytes before. Does
    /// nothing where the system has no such option.
    /// </summary>
    public static void LimitUnsent(Socket socket, int bytes)
    {
        if (Platform.UsesLinuxCalls)
            socket.SetRawSocketOption(LinuxTcpLevel, LinuxUnsentLimit, BitConverter.GetBytes(bytes));
    }

    /// <summary>Sends small lines at once (no Nagle), and finds within 30 s that the other side has vanished.</summary>
    public static void Apply(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (Platform.UsesLinuxCalls)
            socket.SetRawSocketOption(LinuxTcpLevel, LinuxUserTimeout, BitConverter.GetBytes(UserTimeoutMilliseconds));
    }
}
