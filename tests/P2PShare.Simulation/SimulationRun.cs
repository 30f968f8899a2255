using System.Net;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>The parameters of a run.</summary>
/// <param name="Seed">The seed of every random choice.</param>
/// <param name="Peers">The number of clients; every tenth one serves damaged files.</param>
/// <param name="Duration">The simulated time.</param>
internal sealed record SimulationPlan(int Seed, int Peers, TimeSpan Duration);

/// <summary>The outcome of a run.</summary>
internal sealed record SimulationResult(int Fetched, int Failed, int Killed, int Lines, string Digest);

/// <summary>
/// One run: peers start, fetch, are killed and restart, hosts go offline, the server is killed. The invariants are checked every 5 s.
/// </summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromMinutes(10);

    private readonly SimulationPlan _plan;
    private readonly Random _random;
    private readonly ManualTimeProvider _time = new();
    private readonly SingleThreadScheduler _thread = new();
    private readonly EventLog _log;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedServer _server;
    private readonly Invariants _invariants;
    private readonly List<SimulatedPeer> _peers = [];
    private readonly List<Content> _contents = [];
    private readonly Dictionary<(int Peer, Content Content), long> _fetching = [];
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"p2pshare-{Guid.NewGuid():N}")).FullName;
    private int _fetched;
    private int _failed;
    private int _killed;
    private bool _isSettling;
    private bool _isEnding;

    public SimulationRun(SimulationPlan plan, TextWriter? output)
    {
        (_plan, _random) = (plan, new Random(plan.Seed));
        _log = new EventLog(_time, output);
        _network = new SimulatedNetwork(_time, _thread);
        var server = _network.Add(IPAddress.Parse("10.0.0.1"), TimeSpan.FromMilliseconds(5), 125e6);
        _server = new SimulatedServer(server, _time, _random.Next());
        _invariants = new Invariants(_server, _peers, _time);
        for (var number = 0; number < Math.Max(8, plan.Peers / 10); number++)
            _contents.Add(new Content(number, RandomSize(), (ulong)plan.Seed << 16 | (uint)number));
        for (var number = 0; number < plan.Peers; number++)
            _peers.Add(AddPeer(number));
    }

    /// <summary>Runs the simulation to its end.</summary>
    /// <exception cref="InvariantViolationException">An invariant does not hold.</exception>
    public SimulationResult Run()
    {
        _server.Start();
        foreach (var peer in _peers)
            In(_random.NextDouble() * 60, () => StartPeer(peer));
        In(60 + _random.NextDouble() * 300, KillServer);
        In(5, Check);
        Repeatedly(3_000.0 / _plan.Peers, () => KillPeer(RandomPeer()));
        Repeatedly(5_000.0 / _plan.Peers, () => TakePeerOffline(RandomPeer()));
        Repeatedly(900, TakeServerOffline);

        RunUntil(_plan.Duration);
        Settle();
        ShutDown();
        return new SimulationResult(_fetched, _failed, _killed, _log.Lines, _log.Digest);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int RandomSize() => _random.Next(10) switch
    {
        0 => 0,
        1 => 1,
        2 or 3 or 4 => 1024 * 1024 + _random.Next(2 * 1024 * 1024),
        _ => _random.Next(64 * 1024),
    };

    private SimulatedPeer AddPeer(int number)
    {
        var address = new IPAddress([10, 1, (byte)(number / 250), (byte)(number % 250 + 1)]);
        var host = _network.Add(address, TimeSpan.FromMilliseconds(1 + _random.Next(100)), 100e3 * Math.Pow(10, _random.NextDouble() * 2));
        var peer = new SimulatedPeer(
            number,
            host,
            new IPEndPoint(_server.Host.Address, 8080),
            _network.DialFrom(host),
            Path.Combine(_folder, $"{number}"),
            _time,
            _thread);
        for (var n = 0; n < 2; n++)
            peer.AddFile(_contents[_random.Next(_contents.Count)], isDamaged: number % 10 == 9);
        return peer;
    }

    private void StartPeer(SimulatedPeer peer)
    {
        if (_isEnding || peer.IsUp)
            return;
        _log.Add($"peer {peer.Number} starts");
        peer.Start(_random.Next());
        FetchLater(peer);
    }

    private void FetchLater(SimulatedPeer peer) => In(10 + _random.NextDouble() * 600, () =>
    {
        var content = _contents[_random.Next(_contents.Count)];
        if (!_isSettling && peer.IsUp && !peer.Has(content) && !_fetching.ContainsKey((peer.Number, content)))
            peer.Track(() => FetchAsync(peer, content));
        else if (peer.IsUp && !_isSettling)
            FetchLater(peer);
    });

    private async Task FetchAsync(SimulatedPeer peer, Content content)
    {
        _log.Add($"peer {peer.Number} fetches {content.Name}, {content.Bytes.Length} bytes");
        _fetching.Add((peer.Number, content), _network.Now);
        var isWhole = await peer.FetchAsync(content, rejected => CheckRejection(peer, rejected));
        _fetching.Remove((peer.Number, content));
        _log.Add($"peer {peer.Number} ends {content.Name}: {(isWhole is null ? "killed" : isWhole.Value ? "completed" : "failed")}");
        _fetched += isWhole == true ? 1 : 0;
        _failed += isWhole == false ? 1 : 0;
        if (isWhole is not null)
            FetchLater(peer);
    }

    private void CheckRejection(SimulatedPeer peer, DownloadEvent.OwnerRejected rejected)
    {
        var owner = _peers.Single(owner => owner.Address == rejected.Owner);
        _log.Add($"peer {peer.Number} rejects peer {owner.Number}: {rejected.Reason}");
        if (!owner.ServesDamagedFiles)
            throw new InvariantViolationException(
                $"peer {peer.Number} rejected peer {owner.Number}, whose files are right: {rejected.Reason}");
    }

    private void KillPeer(SimulatedPeer peer)
    {
        if (!peer.IsUp)
            return;
        _log.Add($"peer {peer.Number} is killed");
        _killed++;
        peer.Kill();
        In(5 + _random.NextDouble() * 120, () => StartPeer(peer));
    }

    private void TakePeerOffline(SimulatedPeer peer)
    {
        if (peer.Host.IsOffline)
            return;
        var seconds = 1 + _random.NextDouble() * 60;
        _log.Add($"peer {peer.Number} is offline for {seconds:F1} s");
        _network.TakeOffline(peer.Host);
        In(seconds, () => _network.BringOnline(peer.Host));
    }

    private void TakeServerOffline()
    {
        _log.Add($"the server is offline for 40 s");
        _network.TakeOffline(_server.Host);
        In(40, () => _network.BringOnline(_server.Host));
    }

    private void KillServer()
    {
        if (_isSettling)
            return;
        _log.Add($"the server is killed");
        _server.Kill();
        In(1 + _random.NextDouble() * 45, () =>
        {
            _log.Add($"the server starts");
            _server.Start();
        });
        In(300 + _random.NextDouble() * 900, KillServer);
    }

    private void Check()
    {
        _invariants.Check();
        foreach (var ((peer, content), since) in _fetching)
        {
            if (_peers[peer].IsUp && _network.Now - since > FetchTimeout.Ticks)
                throw new InvariantViolationException($"peer {peer} fetches {content.Name} and does not finish");
        }

        In(CheckInterval.TotalSeconds, Check);
    }

    // No more faults and no more downloads: what is under way ends, and everybody tells the server what it has.
    private void Settle()
    {
        _isSettling = true;
        for (var limit = _network.Now + FetchTimeout.Ticks; _fetching.Keys.Any(key => _peers[key.Peer].IsUp) && _network.Now < limit;)
            RunUntil(TimeSpan.FromTicks(_network.Now) + CheckInterval);
        RunUntil(TimeSpan.FromTicks(_network.Now) + SettlingTime);
        _invariants.CheckSettled();
    }

    private void ShutDown()
    {
        _isEnding = true;
        foreach (var peer in _peers.Where(peer => peer.IsUp))
            peer.Kill();
        RunUntil(TimeSpan.FromTicks(_network.Now) + ShutdownTime);
        foreach (var peer in _peers)
        {
            peer.ThrowIfFaulted();
            if (peer.RunningTasks > 0)
                throw new InvariantViolationException($"peer {peer.Number} was killed, and {peer.RunningTasks} of its tasks do not end");
        }

        if (_server.Sessions > 0)
            throw new InvariantViolationException($"every client was killed, and {_server.Sessions} sessions do not end");
        if (_thread.TasksFromOtherThreads > 0)
            throw new InvariantViolationException(
                $"{_thread.TasksFromOtherThreads} tasks were queued by other threads, so that this run cannot be repeated");
    }

    private SimulatedPeer RandomPeer() => _peers[_random.Next(_peers.Count)];

    private void In(double seconds, Action action) => _network.At(_network.Now + TimeSpan.FromSeconds(seconds).Ticks, action);

    private void Repeatedly(double meanSeconds, Action action) => In(-Math.Log(1 - _random.NextDouble()) * meanSeconds, () =>
    {
        if (_isSettling)
            return;
        action();
        Repeatedly(meanSeconds, action);
    });

    private void RunUntil(TimeSpan end)
    {
        while (true)
        {
            _thread.RunUntilIdle();
            var remaining = end - TimeSpan.FromTicks(_network.Now);
            if (_time.UntilNextTimer is not { } next || next > remaining)
            {
                _time.Advance(remaining);
                _thread.RunUntilIdle();
                return;
            }

            _time.Advance(next);
        }
    }
}
