using P2PShare.Protocol.Text;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Configuration;
using Serilog;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>Tells when the cluster is joined and lost, each once, and which servers come and go.</summary>
/// <param name="settings">Names the cluster.</param>
/// <param name="log">Where it is told.</param>
internal sealed class ClusterLog(ClusterSettings settings, ILogger log)
{
    private readonly Dictionary<ServerId, ServerStatus> _known = [];
    private ClusterStatus? _last;
    private volatile bool _isLost;
    private bool _isJoined;
    private long _leftOut;

    /// <summary>There is no connection. Only the first call after the cluster was joined, or after the start, warns.</summary>
    public void Lost(string reason)
    {
        if (_isLost)
        {
            log.Debug("still no connection to the cluster: {Reason:l}", reason);
            return;
        }

        _isLost = true;
        log.Warning(
            "no connection to the cluster {Name:l} at {Urls:l}: {Reason:l}; own clients are served, and it is tried again",
            settings.Name, settings.ShownUrls, reason);
    }

    /// <summary>Looks at a snapshot. One task at a time calls it.</summary>
    public void Note(ClusterStatus status)
    {
        if (ReferenceEquals(status, _last))
            return;
        _last = status;
        if (!status.IsConnected)
            _isJoined = false;
        if (status.IsCaughtUp && !_isJoined)
            NoteJoined(status);
        if (status.IsCaughtUp || !status.IsConnected)
            NoteServers(status);
        if (status.LeftOutRows > _leftOut)
            log.Warning("{Count} files of other servers have no room here; raise --cluster-max-files", status.LeftOutRows - _leftOut);
        _leftOut = status.LeftOutRows;
    }

    private void NoteJoined(ClusterStatus status)
    {
        (_isJoined, _isLost) = (true, false);
        log.Information(
            "joined the cluster {Name:l} at {Urls:l} as {Id:l}, other servers: {Count}",
            settings.Name, settings.ShownUrls, status.Id.ToString(), status.Servers.Length);
    }

    private void NoteServers(ClusterStatus status)
    {
        // One whose lease has not come yet has no address.
        var told = status.Servers.Where(server => server.Lease is not null).ToList();
        var now = told.ToDictionary(server => server.Id);
        foreach (var server in told)
        {
            if (_known.TryAdd(server.Id, server))
                log.Information("server {Address:l} is in the cluster", AddressOf(server));
            else if (server.IsDoubtful != _known[server.Id].IsDoubtful)
                NoteDoubt(server);
            _known[server.Id] = server;
        }

        foreach (var (id, server) in _known.Where(known => !now.ContainsKey(known.Key)).ToList())
        {
            log.Information("server {Address:l} has left the cluster", AddressOf(server));
            _known.Remove(id);
        }
    }

    private void NoteDoubt(ServerStatus server) => log.Information(
        server.IsDoubtful ? "server {Address:l} is silent" : "server {Address:l} is heard again", AddressOf(server));

    private static string AddressOf(ServerStatus server) => Printable.Of(server.Lease!.Address);
}
