using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Logging;
using P2PShare.Server.Registry;
using Serilog;

namespace P2PShare.Server;

/// <summary>The server: listens, and gives every connection a session.</summary>
/// <param name="registry">Who shares what.</param>
/// <param name="bounds">How many it takes.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="log">What happened to whom.</param>
internal sealed class IndexServer(IFileRegistry registry, ServerBounds bounds, TimeProvider time, ILogger log) : IDisposable
{
    // Newcomers of a full server are told so for as long as few of them are; more are cut off.
    private const int MostFarewells = 128;

    private readonly ConnectionListener _listener = new(log, time, ConnectionFactory.ForEventLoops());
    private readonly Admission _admission = new(bounds.MaxConnections, bounds.MaxPerAddress);
    private readonly SessionServices _services = new(registry, time);
    private long _lastNumber;
    private int _farewells;

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

    private async Task ServeAsync(Connection connection, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var sessionLog = log.ForSession(number, connection.Remote);
        var address = connection.Remote.Address;
        if (!_admission.TryAdmit(address, out var reason))
        {
            await TurnAwayAsync(connection, reason, sessionLog, cancellation);
            return;
        }

        try
        {
            await new Session(number, connection, _services, sessionLog).RunAsync(cancellation);
        }
        finally
        {
            _admission.Leave(address);
        }
    }

    private async Task TurnAwayAsync(Connection connection, string reason, ILogger sessionLog, CancellationToken cancellation)
    {
        _services.Refusals.Write(sessionLog, reason, () => "connection");
        try
        {
            if (Interlocked.Increment(ref _farewells) > MostFarewells)
            {
                connection.Abort();
                return;
            }

            await using var channel = new LineChannel(connection.Stream);
            VersionReply.Busy(ServerLimits.FullSeconds).WriteTo(channel);
            await LingeringClose.SayAsync(connection, channel, time, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _farewells);
        }
    }
}
