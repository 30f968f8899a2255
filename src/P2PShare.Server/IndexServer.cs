using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Transport;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Logging;
using P2PShare.Server.Members;
using P2PShare.Server.Metrics;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using Serilog;

namespace P2PShare.Server;

/// <summary>
/// The server: a <c>TcpListener</c> (in <see cref="ConnectionListener"/>), one Task per connection (<see cref="ServeAsync"/>) and a
/// lock-guarded registry that all connections share (<see cref="IFileRegistry"/>).
/// </summary>
/// <param name="registry">Who shares what.</param>
/// <param name="bounds">How many connections it takes.</param>
/// <param name="time">The clock of every time-out.</param>
/// <param name="log">Where events go.</param>
/// <param name="counters">Where requests are counted; null where nobody asks for metrics.</param>
internal sealed class IndexServer(
    IFileRegistry registry, ServerBounds bounds, TimeProvider time, ILogger log, ServerCounters? counters = null)
    : IServerReadings, IDisposable
{
    // How many refused connections are sent BUSY at the same time; further ones are reset.
    private const int MaxBusyReplies = 128;

    private readonly ConnectionListener _listener = new(log, time, ConnectionFactory.ForEventLoops());
    private readonly Admission _admission = new(bounds.MaxConnections, bounds.MaxPerAddress);
    private readonly RefusalLog _refusals = new(time);
    private long _lastNumber;
    private int _busyReplies;
    private volatile bool _isServing;

    /// <summary>Where it listens, with the port that was assigned where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <param name="host">An address or host name of this machine; null for all its addresses, IPv6 and IPv4.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="cancellation">Ends the host name's resolution.</param>
    /// <exception cref="SocketException">
    /// The port is taken, the address is not one of this machine's, or the host name is unknown.
    /// </exception>
    public async Task BindAsync(string? host, int port, CancellationToken cancellation)
    {
        var address = host is null ? null : (await Dns.GetHostAddressesAsync(host, cancellation))[0];
        _listener.Bind(address, port);
    }

    public int Sessions => _admission.Count;

    public long Connections => Interlocked.Read(ref _lastNumber);

    public bool AcceptsSessions => _isServing && _admission.Count < bounds.MaxConnections;

    public IReadOnlyDictionary<string, long> Refusals => _refusals.Counts;

    public Task<IReadOnlyList<TimeSpan>> MeasureLoopLagsAsync(TimeSpan atMost) => _listener.MeasureLagsAsync(atMost);

    /// <summary>
    /// Serves until cancelled, then closes the sessions and waits for their ends. Those who connected since it was bound come first.
    /// </summary>
    /// <param name="security">What is demanded of connections.</param>
    /// <param name="gate">Lets only members in; null where the server is not private.</param>
    /// <param name="cluster">What sessions show of the cluster; null where this server is in none.</param>
    /// <param name="cancellation">Stops the server.</param>
    public async Task RunAsync(
        ConnectionSecurity security, MemberGate? gate, ClusterPresence? cluster, CancellationToken cancellation)
    {
        var services = new SessionServices(registry, time, counters)
        {
            Refusals = _refusals,
            OptionalFeatures = security.Features
                | (gate is null ? Features.None : Features.Members)
                | (cluster is null ? Features.None : Features.Servers),
            Members = gate?.Members,
            Servers = cluster?.Servers,
            Directory = cluster?.Directory ?? new SessionDirectory(),
        };
        _isServing = true;
        await using var stopping = cancellation.UnsafeRegister(_ => _isServing = false, null);
        await _listener.RunAsync((connection, stop) => ServeAsync(connection, security, gate, services, stop), cancellation);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(
        Connection connection, ConnectionSecurity security, MemberGate? gate, SessionServices services, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var sessionLog = log.ForSession(number, connection.Remote);
        var address = connection.Remote.Address;
        if (!_admission.TryAdmit(address, out var reason))
        {
            await RefuseAsync(connection, reason, sessionLog, cancellation);
            return;
        }

        try
        {
            await using var secured = await security.AdmitAsync(connection, _refusals, sessionLog, cancellation);
            if (secured is null)
                return;
            var member = gate is null ? null : await gate.AdmitAsync(secured, _refusals, sessionLog, cancellation);
            if (gate is null || member is not null)
                await new Session(number, secured, services, sessionLog, member).RunAsync(cancellation);
        }
        finally
        {
            _admission.Leave(address);
        }
    }

    private async Task RefuseAsync(Connection connection, string reason, ILogger sessionLog, CancellationToken cancellation)
    {
        _refusals.Write(sessionLog, reason, () => "connection");
        var count = Interlocked.Increment(ref _busyReplies);
        try
        {
            if (count > MaxBusyReplies)
            {
                connection.Abort();
                return;
            }

            await using var channel = new LineChannel(connection.Stream);
            VersionReply.Busy(ServerLimits.FullSeconds).WriteTo(channel);
            await LingeringClose.RunAsync(connection, channel, time, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _busyReplies);
        }
    }
}
