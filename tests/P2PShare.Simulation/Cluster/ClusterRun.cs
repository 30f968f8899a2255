using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>
/// One cluster for some minutes: rounds of faults, each followed by a time without any, at the end of which all registries are equal.
/// </summary>
internal sealed class ClusterRun
{
    // Seconds.
    private const double ShortQuiet = 7;
    private const double LongQuiet = 23;
    private const double UntilPurged = 60;
    private const double FaultInterval = 2.5;
    private const double OperationInterval = 0.25;
    private const double CheckInterval = 1;

    // Of the runs, in which the time until the messages of servers that have ended are purged is awaited.
    private const int PurgeShare = 4;

    private readonly EventQueue _events = new();
    private readonly Random _random;
    private readonly ClusterPlan _plan;
    private readonly TextWriter? _log;
    private readonly ModelStream _stream;
    private readonly ClusterServers _servers;
    private readonly ClusterClients _clients;
    private readonly ClusterFaults _faults;
    private readonly ClusterChecks _checks;
    private bool _isCalm = true;

    public ClusterRun(ClusterPlan plan, TextWriter? log)
    {
        (_plan, _log, _random) = (plan, log, new Random(plan.Seed));
        _stream = new ModelStream(_events);
        _servers = new ClusterServers(_events, _stream, _random, plan);
        _clients = new ClusterClients(_events, _random, _servers, plan.Clients);
        _faults = new ClusterFaults(_events, _stream, _random, _servers, log);
        _checks = new ClusterChecks(_events, _stream, _servers, _clients);
        _servers.Lost = _clients.NoteLost;
        for (var slot = 0; slot < plan.Servers; slot++)
            _servers.Start(slot);
        Repeat(FaultInterval, _faults.Strike);
        Repeat(OperationInterval, _clients.DoSomething);
        Repeat(CheckInterval, _checks.CheckUndisturbed);
    }

    /// <exception cref="InvariantViolationException">A rule was broken.</exception>
    public ClusterResult Run()
    {
        for (var round = 0; round < _plan.Rounds; round++)
        {
            _isCalm = false;
            RunFor(5 + (35 * _random.NextDouble()));
            _isCalm = true;
            _faults.Heal();
            _log?.WriteLine(FormattableString.Invariant($"{_events.GetTimestamp() / 1e7:F3} quiet"));
            RunFor(ShortQuiet);
            _checks.CheckUndisturbed();
        }

        RunFor(LongQuiet - ShortQuiet);
        _checks.CheckAll();

        // A server that is new has only what the stream has.
        _servers.Start(_plan.Servers);
        RunFor(ShortQuiet);
        _checks.CheckAll();
        if (_plan.Seed % PurgeShare == 0)
        {
            RunFor(UntilPurged);
            _checks.CheckAll();
            _checks.CheckStream();
        }

        return new ClusterResult(
            _events.GetTimestamp() / (double)TimeSpan.TicksPerSecond, _clients.Operations, _faults.Count, _servers.Rejoins, _checks.Count,
            _stream.Digest);
    }

    private void RunFor(double seconds)
    {
        var isOver = false;
        _events.After(seconds, _ => isOver = true);
        while (!isOver && _events.TryRunNext())
            continue;
    }

    private void Repeat(double interval, Action action) => _events.After(2 * interval * _random.NextDouble(), _ =>
    {
        if (!_isCalm)
            action();
        Repeat(interval, action);
    });
}
