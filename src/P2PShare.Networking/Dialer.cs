using System.Net;
using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>Opens a connection. A seam: tests and simulations open theirs without a socket.</summary>
public delegate Task<Connection> Dial(EndPoint to, CancellationToken cancellation);

/// <summary>Opens TCP connections.</summary>
public static class Dialer
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connects to an address, or to a host name's addresses one after the other, within 10 s in all.</summary>
    /// <exception cref="SocketException">Nobody answers there, or the name is unknown.</exception>
    public static async Task<Connection> ConnectAsync(EndPoint to, CancellationToken cancellation)
    {
        var socket = to is IPEndPoint ip
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(to, timeout.Token);
            TcpOptions.Apply(socket);
            return new ThreadPoolConnection(socket);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
