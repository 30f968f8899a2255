using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster.Servers;

/// <summary>The other servers: which are known, which are doubtful, and which are forgotten.</summary>
internal sealed class RemoteServers(RemoteTools tools)
{
    // A message that was replaced during the replay comes only after it; and a server that finds the stream empty needs some time to
    // publish its pages anew. Until then a page that has not come is not missing.
    private static readonly TimeSpan UnseenDelay = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ServerId, RemoteServer> _servers = [];
    private readonly DepartedServers _departed = new(tools.Bounds.MaxDeparted);
    private int _lastNumber;
    private uint _epoch;

    // Whether what is received now is a replay, which brings the servers that were forgotten back with all their pages.
    private bool _isReplay;
    private TimeSpan _replayEndedAt;

    public IReadOnlyCollection<RemoteServer> All => _servers.Values;

    public void BeginReplay(uint epoch)
    {
        (_epoch, _isReplay) = (epoch, true);
        _departed.BeginReplay();
    }

    /// <summary>There is no connection: the replay will not be completed.</summary>
    public void BreakOffReplay(TimeSpan now) => (_isReplay, _replayEndedAt) = (false, now);

    /// <summary>Everything has come that was stored before a message with this time stamp.</summary>
    public void CompleteReplay(long stored, TimeSpan now)
    {
        (_isReplay, _replayEndedAt) = (false, now);

        // Only as long as its lease may take to come: the pages of a dead server can be left in the stream without a lease.
        var heard = stored - (ClusterBounds.DeadAge - UnseenDelay).Ticks;
        foreach (var server in _servers.Values)
            server.EndReplay(_epoch, heard);
    }

    public void ReceiveLease(ServerId id, ReadOnlyMemory<byte> message, long stored, TimeSpan now)
    {
        if (!LeaseMessage.TryRead(message, out var lease))
            tools.Counters.Drop(DropReason.Refused);
        else if (lease.State == ServerState.Ended)
            End(id, stored);
        else
            FindOrAdd(id, stored, now)?.ReceiveLease(lease, stored, _epoch, now);
    }

    public void ReceivePage(ServerId id, int page, ReadOnlyMemory<byte> message, long stored, TimeSpan now)
    {
        if (!PageMessage.TryReadHeader(message, out var header))
            tools.Counters.Drop(DropReason.Refused);
        else
            FindOrAdd(id, stored, now)?.ReceivePage(page, header, message, stored, _epoch, now);
    }

    /// <summary>A server has ended for certain, or this server does not use the id any more.</summary>
    public void End(ServerId id, long stored)
    {
        if (_servers.Remove(id, out var server))
            server.RemoveAll();
        _departed.Add(id, stored, isEnded: true);
    }

    /// <summary>Says which servers are doubtful, and forgets those that are silent for too long.</summary>
    public void Age(StreamClock clock, TimeSpan now)
    {
        foreach (var server in _servers.Values)
        {
            // The leases are at the end of a replay, and before it nothing is known of the age of a server that is new.
            if (_isReplay && server.Lease is null)
                continue;
            var age = clock.Age(server.Heard, now);
            if (age > ClusterBounds.DeadAge && !_isReplay)
                Forget(server);
            else
                server.SetDoubtful(age > ClusterBounds.DoubtfulAge);
        }
    }

    public void ForgetAll()
    {
        foreach (var server in _servers.Values)
            Forget(server);
    }

    /// <summary>
    /// Removes the pages and servers that have not come some time after the replay: they were removed from the stream before it.
    /// </summary>
    /// <param name="isStreamIntact">
    /// Whether the stream has what it had before. Otherwise it may have lost its memory, and a server of which nothing has come stays until
    /// it is silent for too long: it connects again in a moment.
    /// </param>
    /// <param name="now">Of this machine's clock.</param>
    public void RemoveUnseen(bool isStreamIntact, TimeSpan now)
    {
        if (now - _replayEndedAt < UnseenDelay)
            return;
        foreach (var server in _servers.Values)
        {
            if (server.Epoch == _epoch && now - server.SeenAt >= UnseenDelay)
                server.RemoveUnseen();
            else if (server.Epoch != _epoch && isStreamIntact)
                Forget(server);
        }
    }

    /// <inheritdoc cref="DepartedServers.NeedReplay"/>
    public bool NeedReplay(TimeSpan now) => _servers.Count < tools.Bounds.MaxServers && _departed.NeedReplay(now);

    /// <inheritdoc cref="DepartedServers.Purge"/>
    public void Purge(long stored, Action<ServerId, long> purge, TimeSpan now) => _departed.Purge(stored, purge, now);

    private void Forget(RemoteServer server)
    {
        server.RemoveAll();
        _servers.Remove(server.Id);
        _departed.Add(server.Id, server.Heard, isEnded: false);
    }

    // Null where the message is dropped.
    private RemoteServer? FindOrAdd(ServerId id, long stored, TimeSpan now)
    {
        if (_servers.TryGetValue(id, out var server))
            return server;
        var departed = _departed.Find(id);
        var hasRoom = _servers.Count < tools.Bounds.MaxServers && _lastNumber < PageKey.MaxServer;
        if (hasRoom && departed?.IsEnded != true && (departed is null || _isReplay))
        {
            // It lives, and its messages are not to be purged.
            if (departed is not null)
                departed.HasMessages = false;
            server = new RemoteServer(id, ++_lastNumber, tools);
            _servers.Add(id, server);
            return server;
        }

        departed ??= _departed.Add(id, stored, isEnded: false);
        tools.Counters.Drop(departed.IsEnded ? DropReason.Ended : hasRoom ? DropReason.AwaitsReplay : DropReason.TooManyServers);
        (departed.Heard, departed.HasMessages) = (stored, true);
        departed.ReturnedAt ??= now;
        return null;
    }
}
