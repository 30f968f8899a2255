using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Server.Logging;
using P2PShare.Server.Registry;
using Serilog;

namespace P2PShare.Server;

/// <summary>The server: listens, and gives every connection a session.</summary>
/// <param name="registry">Who shares what.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="log">What happened to whom.</param>
internal sealed class IndexServer(IFileRegistry registry, TimeProvider time, ILogger log) : IDisposable
{
    private readonly ConnectionListener _listener = new(log, time);
    private long _lastNumber;

    /// <summary>Where it listens, with the real port where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <param name="host">An address or host name of this machine; null for all its addresses, IPv6 and IPv4.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="cancellation">Ends the wait for a name server.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not one of this host's.</exception>
    public async Task BindAsync(string? host, int port, CancellationToken cancellation)
    {
        var address = host is null ? null : (await Dns.GetHostAddressesAsync(host, cancellation))[0];
        _listener.Bind(address, port);
    }

    /// <summary>Serves until cancelled, then closes the sessions and ends when they have ended.</summary>
    public Task RunAsync(CancellationToken cancellation) => _listener.RunAsync(ServeAsync, cancellation);

    public void Dispose() => _listener.Dispose();

    private Task ServeAsync(Connection connection, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        return new Session(number, connection, registry, time, log.ForSession(number, connection.Remote)).RunAsync(cancellation);
    }
}
