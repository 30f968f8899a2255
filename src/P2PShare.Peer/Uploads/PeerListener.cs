using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;

namespace P2PShare.Peer.Uploads;

/// <summary>
/// Listens on the peer port, and serves the shared files to every peer that connects. It is the client's peer-listener Task: it runs
/// beside the Console.ReadLine loop, with one Task for each connection.
/// </summary>
internal sealed class PeerListener : IDisposable
{
    private readonly UploadServices _services;
    private readonly ConnectionListener _listener;
    private readonly Admission _admission = new(UploadLimits.MaxConnections, UploadLimits.MaxConnectionsPerRequester);

    private PeerListener(UploadServices services)
    {
        _services = services;
        _listener = new ConnectionListener(services.Log, services.Time, ConnectionFactory.ForThreadPool());
    }

    /// <summary>The port that peers connect to, in 1..65535.</summary>
    public int Port => _listener.LocalEndPoint.Port;

    /// <param name="bind">Null for every address of this host.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="services">What every conversation uses.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not one of this host's.</exception>
    public static PeerListener Bind(IPAddress? bind, int port, UploadServices services)
    {
        var listener = new PeerListener(services);
        try
        {
            listener._listener.Bind(bind, port);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Serves until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _listener.RunAsync(ServeAsync, cancellation);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Connection connection, CancellationToken cancellation)
    {
        var address = connection.Remote.Address;
        if (!_admission.TryAdmit(address, out var reason))
        {
            _services.Log.Debug("Refused a connection from {Peer}: {Reason:l}", connection.Remote, reason);
            connection.Abort();
            return;
        }

        try
        {
            var accepted = _services.Tls is { } tls ? await tls.AcceptAsync(connection, cancellation) : connection;
            await new PeerSession(accepted, _services).RunAsync(cancellation);
        }
        finally
        {
            _admission.Leave(address);
        }
    }
}
