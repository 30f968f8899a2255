using System.Net;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Presence;
using P2PShare.Server.Tests.Cluster;
using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>
/// One server from its start to its end: the real node and the real directory of sessions, a registry, and a model of the connection.
/// </summary>
internal sealed class ClusterMember : IClusterOutput
{
    private const double TickSeconds = 0.1;
    private const double FlushSeconds = 0.5;

    private readonly EventQueue _events;
    private readonly ModelStream _stream;
    private readonly Random _random;
    private readonly TimeSpan _clockOffset;
    private readonly ClusterNode _node;

    // What happens while the process is stopped.
    private readonly Queue<Action> _inbox = new();
    private ModelConnection? _connection;
    private long _lastSession;
    private long _rejoins;

    public ClusterMember(
        EventQueue events, ModelStream stream, Random random, int number, Func<TimeProvider, IClusterRegistry> createRegistry)
    {
        (_events, _stream, _random, Number) = (events, stream, random, number);
        _clockOffset = TimeSpan.FromSeconds(random.Next(1_000_000));
        Registry = createRegistry(events);
        Directory.Registered = Registry.MarkSessionChanged;
        var self = new ClusterSelf($"server{number}.example:8080", null, 0, () => default, () => new ServerId((ulong)random.NextInt64()));
        _node = new ClusterNode(ModelStream.Subjects, self, Registry, Directory, this);
        Tick();
    }

    public int Number { get; }

    public IClusterRegistry Registry { get; }

    public SessionDirectory Directory { get; } = new();

    public LinkQuality Link { get; } = new();

    public ServerId Id => _node.Status.Id;

    public bool IsAlive { get; private set; } = true;

    public bool IsStopped { get; private set; }

    /// <summary>How many other servers it knows, and how many of these are doubtful.</summary>
    public (int Known, int Doubtful) Others => (_node.Status.Servers.Length, _node.Status.Servers.Count(server => server.IsDoubtful));

    public long Rejoins => _node.Status.Rejoins;

    /// <summary>When something happened to it for the last time that may delay what it sends or receives; in ticks.</summary>
    public long DisturbedAt { get; set; }

    /// <summary>Whether it has all that it needs to tell and to hear of every change within seconds.</summary>
    public bool IsUndisturbed(TimeSpan time) =>
        IsAlive && !IsStopped && Link.IsGood && _node.Status.IsCaughtUp && _connection is { } connection
        && connection.StalledUntil <= _events.GetTimestamp() && _events.GetTimestamp() - DisturbedAt >= time.Ticks;

    /// <summary>Until then it cannot connect, in ticks.</summary>
    public long CutUntil { get; set; }

    /// <summary>The clock of its machine.</summary>
    public TimeSpan Now => _clockOffset + TimeSpan.FromTicks(_events.GetTimestamp());

    /// <summary>Called when it has taken a new id.</summary>
    public Action<ClusterMember>? HasRejoined { get; set; }

    public void Connect()
    {
        if (!IsAlive || _connection is not null)
            return;
        if (_events.GetTimestamp() < CutUntil)
        {
            After(0.1, Connect);
            return;
        }

        DisturbedAt = _events.GetTimestamp();
        var connection = _connection = new ModelConnection(_events, _stream, _random, this);
        Run(connection, node => node.Connected(Now));
    }

    /// <summary>Loses its connection, and connects again after a time.</summary>
    public void Disconnect(double seconds)
    {
        if (_connection is not { } connection)
            return;
        connection.Close();
        _connection = null;
        CutUntil = _events.GetTimestamp() + (long)(seconds * TimeSpan.TicksPerSecond);
        After(_random.NextDouble() * 0.02, () => RunAlways(node =>
        {
            node.Disconnected(Now);
            Connect();
        }));
    }

    public void Stall(long until)
    {
        if (_connection is not null)
            _connection.StalledUntil = until;
    }

    public void Stop() => IsStopped = true;

    public void Resume()
    {
        IsStopped = false;
        while (_inbox.TryDequeue(out var action))
            action();
    }

    public void Kill()
    {
        IsAlive = false;
        _connection?.Close();
        _connection = null;
        _node.Dispose();
    }

    /// <summary>Ends in order; what it publishes then is still sent.</summary>
    public void Leave()
    {
        var connection = _connection;
        _node.Leave(Now);
        _connection = null;
        Kill();
        After(FlushSeconds, () => connection?.Close());
    }

    public SessionPresence Register(IPAddress ip, UserName user, out long session)
    {
        session = ++_lastSession;
        var presence = new SessionPresence(Directory, ip, null, session);
        presence.Rename(user);
        return presence;
    }

    /// <summary>Tells the node what happened on a connection, unless that connection has ended since.</summary>
    public void Run(ModelConnection connection, Action<ClusterNode> call) => RunAlways(node =>
    {
        if (connection == _connection)
            call(node);
    });

    public void Publish(string subject, ReadOnlyMemory<byte> payload, long publication)
    {
        // The node learns a moment later that the connection is lost.
        if (_connection is null && !_node.Status.IsConnected)
            throw new InvariantViolationException("published without a connection");
        _connection?.Publish(subject, payload.ToArray(), publication);
    }

    public void Purge(ServerId server, long notHeardSince) => _connection?.Purge(server, notHeardSince);

    public void Replay()
    {
        var connection = _connection;
        After(_random.NextDouble() * 0.5, () =>
        {
            if (connection != _connection || connection is null)
                return;
            connection.Replay();
            Run(connection, node => node.Connected(Now));
        });
    }

    private void RunAlways(Action<ClusterNode> call)
    {
        if (!IsAlive)
            return;
        if (IsStopped)
        {
            _inbox.Enqueue(() => RunAlways(call));
            return;
        }

        call(_node);
        if (Rejoins == _rejoins)
            return;
        _rejoins = Rejoins;
        HasRejoined?.Invoke(this);
    }

    private void Tick()
    {
        if (!IsAlive)
            return;
        if (!IsStopped)
            RunAlways(node => node.Tick(Now));
        After(TickSeconds, Tick);
    }

    private void After(double seconds, Action action) => _events.After(seconds, _ => action());
}
