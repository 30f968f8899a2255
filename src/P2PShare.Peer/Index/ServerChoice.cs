using System.Net;
using System.Net.Sockets;

namespace P2PShare.Peer.Index;

/// <summary>One server of several: the one that answered last for as long as it answers, then the next one that does.</summary>
/// <param name="servers">In the user's order; at least one.</param>
/// <param name="open">Connects to one of them, shakes hands and registers.</param>
internal sealed class ServerChoice(IReadOnlyList<EndPoint> servers, Func<EndPoint, CancellationToken, Task<IndexConnection>> open)
{
    private int _current;

    /// <summary>Which one it is, or was last, for the user.</summary>
    public string Name => ServerName.Of(servers[_current]);

    /// <summary>All of them, for the user.</summary>
    public string Names => string.Join(" or ", servers.Select(ServerName.Of));

    /// <exception cref="IOException">None of them took this client; what the last one said.</exception>
    /// <exception cref="SocketException">The same.</exception>
    public async Task<IndexConnection> OpenAsync(CancellationToken cancellation)
    {
        var first = _current;
        for (var tried = 0; ; tried++)
        {
            var next = (first + tried) % servers.Count;
            try
            {
                var connection = await open(servers[next], cancellation);
                _current = next;
                return connection;
            }
            catch (Exception e) when (e is IOException or SocketException && tried < servers.Count - 1)
            {
                // The next one may be there.
            }
        }
    }
}
