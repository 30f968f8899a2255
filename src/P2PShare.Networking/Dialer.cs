using System.Net;
using System.Net.Sockets;

namespace P2PShare.Networking;

/// <summary>How connections are made; a seam, so that tests and simulations need no socket.</summary>
public delegate Task<Connection> Dial(EndPoint to, CancellationToken cancellation);

/// <summary>Makes TCP connections.</summary>
public static class Dialer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Connects to an address, or to a host name's addresses one after the other. Gives up after 10 s.</summary>
    /// <exception cref="SocketException">Nobody answers there, or the name is unknown.</exception>
    public static async Task<Connection> ConnectAsync(EndPoint to, CancellationToken cancellation)
    {
        var socket = to is IPEndPoint ip
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(to, timeout.Token);
            TcpOptions.Apply(socket);
            return Connection.Over(socket, ConnectionStreams.OnThreadPool(socket));
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
