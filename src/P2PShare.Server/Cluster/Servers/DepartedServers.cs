using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Servers;

/// <summary>
/// The servers that have ended or were forgotten, so that a late message of them is recognized, and their messages are purged.
/// </summary>
/// <param name="max">How many are remembered: the newest ones.</param>
internal sealed class DepartedServers(int max)
{
    // A server that comes back has often been without a connection, and takes a new id at once: then there is nothing to replay.
    private static readonly TimeSpan ReplayDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ServerId, DepartedServer> _servers = [];
    private readonly Queue<ServerId> _order = new();

    public DepartedServer? Find(ServerId id) => _servers.GetValueOrDefault(id);

    /// <summary>Enters a server, or changes its entry.</summary>
    /// <param name="id">The server.</param>
    /// <param name="heard">The time stamp of its newest lease, or newest message, in UTC ticks.</param>
    /// <param name="isEnded">Whether it has ended for certain.</param>
    public DepartedServer Add(ServerId id, long heard, bool isEnded)
    {
        if (!_servers.TryGetValue(id, out var server))
        {
            if (_order.Count >= max)
                _servers.Remove(_order.Dequeue());
            _servers.Add(id, server = new DepartedServer(id));
            _order.Enqueue(id);
        }

        server.IsEnded |= isEnded;
        (server.Heard, server.HasMessages, server.ReturnedAt) = (heard, true, null);
        return server;
    }

    /// <summary>Everything will be delivered anew: servers that were forgotten may come back with all their pages.</summary>
    public void BeginReplay()
    {
        foreach (var server in _servers.Values)
            server.ReturnedAt = null;
    }

    /// <summary>Whether a server that was forgotten has come back, so that everything must be delivered anew.</summary>
    public bool NeedReplay(TimeSpan now)
    {
        foreach (var server in _servers.Values)
        {
            if (!server.IsEnded && now - server.ReturnedAt > ReplayDelay)
                return true;
        }

        return false;
    }

    /// <summary>Purges the servers that are silent in the stream for longer than any living server may be.</summary>
    /// <param name="stored">The time stamp of a message that was received after theirs.</param>
    /// <param name="purge">Purges a server that was not heard of since a time stamp.</param>
    /// <param name="now">Of this machine's clock.</param>
    public void Purge(long stored, Action<ServerId, long> purge, TimeSpan now)
    {
        foreach (var server in _servers.Values)
        {
            var isDead = stored - server.Heard > ClusterBounds.PurgeAge.Ticks;
            var hasReturned = server.ReturnedAt is not null && !server.IsEnded;
            if (!server.HasMessages || !isDead || hasReturned || now - server.PurgedAt <= ClusterBounds.PurgeInterval)
                continue;
            (server.HasMessages, server.PurgedAt) = (false, now);
            purge(server.Id, server.Heard);
        }
    }
}
