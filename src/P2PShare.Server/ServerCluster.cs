using System.Net;
using System.Security.Cryptography;
using System.Text;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Nats;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Configuration;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables;
using Serilog;

namespace P2PShare.Server;

/// <summary>The cluster that a server is in, from the command line to NATS: see CLUSTER.md in the folder Cluster.</summary>
internal sealed class ServerCluster : IServerList
{
    private readonly InMemoryFileRegistry _registry;
    private readonly ClusterSettings _settings;
    private readonly ClusterLink _link;
    private readonly KeyFingerprint? _key;
    private readonly TimeProvider _time;
    private readonly IndexServer _server;
    private (ClusterStatus? Of, IReadOnlyList<ServerRow> Rows) _others = (null, []);

    /// <param name="settings">The command line.</param>
    /// <param name="server">This server, which listens already.</param>
    /// <param name="registry">A registry with pages.</param>
    /// <param name="security">This server's key, and the members that the servers have in common.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where joining and losing the cluster is told.</param>
    public ServerCluster(
        ClusterSettings settings,
        IndexServer server,
        InMemoryFileRegistry registry,
        ServerSecurity security,
        TimeProvider time,
        ILogger log)
    {
        (_settings, _server, _registry, _key, _time) = (settings, server, registry, security.Key, time);
        Presence = new ClusterPresence(new SessionDirectory { Registered = registry.Pages!.MarkSessionChanged }, this);
        _link = new ClusterLink(settings, CreateNode, security.Gate?.Members.Shared, time, log);
    }

    public ClusterPresence Presence { get; }

    /// <summary>What is known of the cluster; null before the first connection.</summary>
    public ClusterStatus? Status => _link.Status;

    public IReadOnlyList<ServerRow> Others
    {
        get
        {
            var (others, status) = (_others, Status);
            if (!ReferenceEquals(others.Of, status))
                _others = others = (status, [.. status!.Servers.Where(one => !one.IsDoubtful).Select(RowOf).OfType<ServerRow>()]);
            return others.Rows;
        }
    }

    /// <summary>A registry that can be kept equal with those of other servers.</summary>
    public static InMemoryFileRegistry CreateRegistry(ServerBounds bounds, ClusterSettings? settings) =>
        new(TimeProvider.System, bounds, pages: settings is null ? null : new PageBounds(settings.MaxFiles));

    /// <inheritdoc cref="ClusterLink.RunAsync"/>
    /// <param name="stop">Lets this server leave the cluster.</param>
    public Task RunAsync(CancellationToken stop) => _link.RunAsync(stop);

    private ClusterNode CreateNode(string ip, IClusterOutput output)
    {
        var self = new ClusterSelf(
            _settings.Address ?? new IPEndPoint(IPAddress.Parse(ip), _server.LocalEndPoint.Port).ToString(),
            _key,
            _time.GetUtcNow().ToUnixTimeMilliseconds(),
            Count,
            () => new ServerId(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)))));
        return new ClusterNode(new ClusterSubjects(_settings.Name), self, _registry.Pages!, Presence.Directory, output);
    }

    private LeaseCounts Count()
    {
        var counts = _registry.Counts;
        return new LeaseCounts(counts.OwnFiles, counts.OwnParts, _server.Sessions);
    }

    private static ServerRow? RowOf(ServerStatus server) =>
        server.Lease is { } lease && HostAndPort.TryParse(Encoding.ASCII.GetBytes(lease.Address), out var address)
            ? new ServerRow(address, lease.Key)
            : null;
}
