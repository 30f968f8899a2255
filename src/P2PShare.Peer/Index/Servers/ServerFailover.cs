using System.Net;
using System.Net.Sockets;

namespace P2PShare.Peer.Index.Servers;

/// <summary>
/// Connects to one of several servers: to the last one that accepted, and where it does not answer, to the next one that does.
/// </summary>
/// <param name="servers">At least one, in the order of preference.</param>
/// <param name="open">Connects to one server, does the handshake and registers.</param>
internal sealed class ServerFailover(IReadOnlyList<EndPoint> servers, Func<EndPoint, CancellationToken, Task<IndexConnection>> open)
{
    private int _current;

    /// <summary>The server that accepted last; before that, the first one.</summary>
    public EndPoint Current => servers[_current];

    /// <summary><see cref="Current"/> as <c>host:port</c>.</summary>
    public string CurrentName => ServerAddress.Format(Current);

    /// <summary>All servers, for a message.</summary>
    public string AllNames => string.Join(" or ", servers.Select(ServerAddress.Format));

    /// <exception cref="ServerIdentityException">A server is not the one that it was.</exception>
    /// <exception cref="IOException">No server accepted this client; the exception of the last one.</exception>
    /// <exception cref="SocketException">The same.</exception>
    public async Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        var first = _current;
        for (var attempt = 0; ; attempt++)
        {
            var candidate = (first + attempt) % servers.Count;
            try
            {
                var connection = await open(servers[candidate], cancellation);
                _current = candidate;
                return connection;
            }
            catch (Exception e) when (e is (IOException or SocketException) and not ServerIdentityException && attempt < servers.Count - 1)
            {
                // Try the next one.
            }
        }
    }
}
