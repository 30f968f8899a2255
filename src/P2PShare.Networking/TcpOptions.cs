using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>What every connection of both programs is set to.</summary>
internal static class TcpOptions
{
    private const int KeepAliveIdleSeconds = 15;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    // Keep-alive does not probe while sent data is unacknowledged; TCP_USER_TIMEOUT (RFC 5482) ends that wait after the same time.
    private const int LinuxTcpLevel = 6;
    private const int LinuxUserTimeout = 18;
    private const int UserTimeoutMilliseconds = 30_000;

    /// <summary>Small lines go out at once, and a peer whose cable was pulled is found dead after 30 s.</summary>
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
