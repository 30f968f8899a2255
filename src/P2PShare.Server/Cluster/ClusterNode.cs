using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Cluster.Status;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster;

/// <summary>
/// What one server of a cluster does about the others: publishes its own pages and lease, applies the pages of the others, and removes
/// those of a server that has ended. It does no I/O and has no clock: events and times go in, messages and changes of the registry come
/// out. One thread at a time calls it. All times are those of one clock of this machine that never goes back; time stamps are UTC ticks
/// that NATS has given to the messages.
/// </summary>
/// <remarks>CLUSTER.md beside this file says why each rule is as it is.</remarks>
internal sealed class ClusterNode : IDisposable
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    private readonly ClusterSubjects _subjects;
    private readonly IClusterOutput _output;
    private readonly ClusterCounters _counters = new();
    private readonly StreamClock _clock = new();
    private readonly RegistryPage _page = new();
    private readonly OwnPublisher _publisher;
    private readonly OwnLease _lease;
    private readonly OwnPages _pages;
    private readonly RemoteServers _servers;
    private ConnectionPhase _phase;
    private uint _epoch;
    private TimeSpan _lastReceived;

    private bool _awaitsReplay;

    // The newest time stamp before this connection, and whether the stream still had a message from before it.
    private long _newestBefore;
    private bool _isStreamIntact;
    private TimeSpan _statusDue;
    private ClusterStatus _status;

    public ClusterNode(
        ClusterSubjects subjects, ClusterSelf self, IPageRegistry registry, IClusterSessions sessions, IClusterOutput output,
        ClusterBounds? bounds = null)
    {
        (_subjects, _output) = (subjects, output);
        _publisher = new OwnPublisher(subjects, output, self.CreateId);
        _lease = new OwnLease(self, _publisher, _counters);
        _pages = new OwnPages(registry, sessions, _publisher, _counters);
        _servers = new RemoteServers(new RemoteTools(registry, sessions, _counters, bounds ?? ClusterBounds.Default, _page));
        _status = new ClusterStatus { Id = _publisher.Id };
        registry.MarkAllChanged();
    }

    /// <summary>A recent snapshot. Any thread may read it.</summary>
    public ClusterStatus Status => Volatile.Read(ref _status);

    public void Dispose()
    {
        _pages.Dispose();
        _page.Dispose();
    }

    /// <summary>
    /// There is a connection, or a delivery after <see cref="IClusterOutput.Replay"/>: every message that is the newest of its subject
    /// will be received, in the order of the stream, and then all new ones. Nothing of an earlier delivery may be received any more.
    /// </summary>
    public void Connected(TimeSpan now)
    {
        if (_phase == ConnectionPhase.Left)
            return;
        Disconnected(now);
        (_phase, _lastReceived, _awaitsReplay) = (ConnectionPhase.Replaying, now, false);
        (_newestBefore, _isStreamIntact) = (_clock.Newest, false);
        _epoch++;
        _servers.BeginReplay(_epoch);
        _pages.BeginEpoch(_epoch);
        PublishLease(now);
        UpdateStatus(now);
    }

    /// <summary>There is no connection. The results of what was published and not confirmed will not come.</summary>
    public void Disconnected(TimeSpan now)
    {
        if (_phase is ConnectionPhase.Left or ConnectionPhase.Disconnected)
            return;
        _phase = ConnectionPhase.Disconnected;
        _servers.BreakOffReplay(now);
        _pages.Disconnect();
        _lease.Disconnect();
        UpdateStatus(now);
    }

    /// <summary>A message of the stream, in the order of the stream.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="payload">Valid during the call.</param>
    /// <param name="storedAt">Its time stamp, in UTC ticks.</param>
    /// <param name="now">Of this machine's clock.</param>
    public void Received(ReadOnlySpan<char> subject, ReadOnlyMemory<byte> payload, long storedAt, TimeSpan now)
    {
        if (_phase is not (ConnectionPhase.Replaying or ConnectionPhase.CaughtUp))
            return;
        if (!_subjects.TryParse(subject, out var server, out var page))
        {
            _counters.Drop(DropReason.UnknownSubject);
            return;
        }

        _isStreamIntact |= storedAt <= _newestBefore;
        _clock.Observe(storedAt, isLive: _phase == ConnectionPhase.CaughtUp, now);
        _lastReceived = now;
        if (server != _publisher.Id)
            ReceiveRemote(server, page, payload, storedAt, now);
        else if (page is { } number)
            ReceiveOwnPage(number, payload);
        else
            ReceiveOwnLease(payload, storedAt, now);
    }

    /// <summary>The result of a publication.</summary>
    public void Published(long publication, bool succeeded, TimeSpan now)
    {
        if (_phase is ConnectionPhase.Left or ConnectionPhase.Disconnected)
            return;
        if (!_lease.TryComplete(publication, succeeded, now, out var mayBeForgotten))
            _pages.Complete(publication, succeeded, now);
        else if (mayBeForgotten)
            Rejoin(now);
    }

    /// <summary>To be called every few milliseconds while there are changes, and at least four times a second otherwise.</summary>
    public void Tick(TimeSpan now)
    {
        if (_phase == ConnectionPhase.Left)
            return;
        ForgetServers(now);
        if (_phase != ConnectionPhase.Disconnected)
        {
            if (_lease.IsDue(now))
                PublishLease(now);
            _pages.Publish(now);
            if (_phase == ConnectionPhase.CaughtUp && _servers.NeedReplay(now))
                RequestReplay();
        }

        if (now >= _statusDue)
            UpdateStatus(now);
    }

    /// <summary>The server ends: says so, and withdraws everything. Afterwards the node does nothing any more.</summary>
    public void Leave(TimeSpan now)
    {
        if (_phase is ConnectionPhase.Replaying or ConnectionPhase.CaughtUp)
        {
            _lease.Publish(_epoch, ServerState.Ended, now);
            _publisher.Purge();
        }

        _phase = ConnectionPhase.Left;
        UpdateStatus(now);
    }

    private void ReceiveRemote(ServerId server, int? page, ReadOnlyMemory<byte> payload, long storedAt, TimeSpan now)
    {
        if (page is { } number)
            _servers.ReceivePage(server, number, payload, storedAt, now);
        else
            _servers.ReceiveLease(server, payload, storedAt, now);
    }

    private void ReceiveOwnPage(int page, ReadOnlyMemory<byte> payload)
    {
        if (PageMessage.TryReadHeader(payload, out var header))
            _pages.Receive(page, header);
        else
            _counters.Drop(DropReason.Refused);
    }

    private void ReceiveOwnLease(ReadOnlyMemory<byte> payload, long storedAt, TimeSpan now)
    {
        if (!LeaseMessage.TryRead(payload, out var lease))
        {
            _counters.Drop(DropReason.Refused);
            return;
        }

        _lease.Receive(lease.Version, now);
        _pages.VerifyConfirmed(lease.Version);
        if (lease.Epoch != _epoch)
            return;
        if (_phase == ConnectionPhase.Replaying && !_awaitsReplay)
            CatchUp(storedAt, now);
        else if (_phase == ConnectionPhase.CaughtUp)
            _servers.RemoveUnseen(_isStreamIntact, now);
        if (_phase == ConnectionPhase.CaughtUp && _lease.IsDeliveryPrompt)
            _servers.Purge(storedAt, _output.Purge, now);
    }

    // Everything that was stored before the own lease of this epoch has been received.
    private void CatchUp(long storedAt, TimeSpan now)
    {
        _phase = ConnectionPhase.CaughtUp;
        _clock.Observe(storedAt, isLive: true, now);
        _servers.CompleteReplay(storedAt, now);
        _servers.Age(_clock, now);
        _pages.Compare();
        UpdateStatus(now);
    }

    private void ForgetServers(TimeSpan now)
    {
        if (_clock.IsSet)
            _servers.Age(_clock, now);

        // A replay that stands still says nothing of who lives.
        if (_phase != ConnectionPhase.Replaying || _awaitsReplay || now - _lastReceived <= ClusterBounds.DeadAge)
            return;
        _servers.ForgetAll();
        RequestReplay();
    }

    private void RequestReplay()
    {
        if (_awaitsReplay)
            return;
        _awaitsReplay = true;
        _output.Replay();
    }

    private void PublishLease(TimeSpan now)
    {
        if (_lease.MayBeForgotten(now))
            Rejoin(now);
        else
            _lease.Publish(_epoch, ServerState.Serving, now);
    }

    // Others may have forgotten this server and purged its messages: it goes on as another one.
    private void Rejoin(TimeSpan now)
    {
        _lease.Publish(_epoch, ServerState.Ended, now);
        _publisher.Purge();
        _servers.End(_publisher.Id, 0);
        _publisher.TakeNewId();
        _counters.Rejoins++;
        _lease.Reset();
        _pages.Reset();
        _lease.Publish(_epoch, ServerState.Serving, now);
    }

    private void UpdateStatus(TimeSpan now)
    {
        _statusDue = now + StatusInterval;
        Volatile.Write(ref _status, new ClusterStatus
        {
            Id = _publisher.Id,
            IsConnected = _phase is ConnectionPhase.Replaying or ConnectionPhase.CaughtUp,
            IsCaughtUp = _phase == ConnectionPhase.CaughtUp,
            Lag = _lease.Lag,
            Servers = [.. _servers.All.Select(server => StatusOf(server, now))],
            Dropped = _counters.CopyDropped(),
            PublishedPages = _counters.PublishedPages,
            PublishedBytes = _counters.PublishedBytes,
            FailedPublications = _counters.FailedPublications,
            LeftOutRows = _counters.LeftOutRows,
            Rejoins = _counters.Rejoins,
        });
    }

    private ServerStatus StatusOf(RemoteServer server, TimeSpan now) => new(
        server.Id, server.Number, server.Lease, _clock.Age(server.Heard, now), server.IsDoubtful, server.PageCount);
}
