using System.Net;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>What a run is made of.</summary>
/// <param name="Seed">Decides everything.</param>
/// <param name="Peers">Clients; a tenth of them lie without knowing it.</param>
/// <param name="Duration">Of simulated time.</param>
internal sealed record StoryPlan(int Seed, int Peers, TimeSpan Duration);

/// <summary>What came of a run.</summary>
internal sealed record StoryEnd(int Fetched, int Failed, int Killed, int Lines, string Digest);

/// <summary>One run of the world: peers come, fetch, die and come back, cables are pulled, the server is killed; and the rules hold at every step.</summary>
internal sealed class Story : IDisposable
{
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(10);

    private readonly StoryPlan _plan;
    private readonly Random _random;
    private readonly ManualTimeProvider _time = new();
    private readonly OneThread _thread = new();
    private readonly EventLog _log;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedServer _server;
    private readonly List<SimulatedPeer> _peers = [];
    private readonly List<Content> _contents = [];
    private readonly Dictionary<(int Peer, Content Content), long> _fetching = [];
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"p2pshare-{Guid.NewGuid():N}")).FullName;
    private int _fetched;
    private int _failed;
    private int _killed;
    private bool _isEnding;

    public Story(StoryPlan plan, TextWriter? shown)
    {
        (_plan, _random) = (plan, new Random(plan.Seed));
        _log = new EventLog(_time, shown);
        _network = new SimulatedNetwork(_time, _thread);
        _server = new SimulatedServer(_network.Add(IPAddress.Parse("10.0.0.1"), TimeSpan.FromMilliseconds(5), 125e6), _time);
        for (var number = 0; number < Math.Max(8, plan.Peers / 10); number++)
            _contents.Add(new Content(number, Size(), (ulong)plan.Seed << 16 | (uint)number));
        for (var number = 0; number < plan.Peers; number++)
            _peers.Add(Peer(number));
    }

    /// <summary>Plays it to its end.</summary>
    /// <exception cref="BrokenRuleException">A rule does not hold.</exception>
    public StoryEnd Play()
    {
        _server.Start();
        foreach (var peer in _peers)
            In(_random.NextDouble() * 60, () => StartPeer(peer));
        In(60 + _random.NextDouble() * 300, KillServer);
        In(5, Check);
        Repeatedly(3_000.0 / _plan.Peers, () => KillPeer(Any()));
        Repeatedly(5_000.0 / _plan.Peers, () => CutPeer(Any()));
        Repeatedly(900, CutServer);

        RunUntil(_plan.Duration);
        End();
        return new StoryEnd(_fetched, _failed, _killed, _log.Lines, _log.Digest);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int Size() => _random.Next(10) switch
    {
        0 => 0,
        1 => 1,
        2 => 1024 * 1024 + _random.Next(2 * 1024 * 1024),
        _ => _random.Next(64 * 1024),
    };

    private SimulatedPeer Peer(int number)
    {
        var address = new IPAddress([10, 1, (byte)(number / 250), (byte)(number % 250 + 1)]);
        var host = _network.Add(address, TimeSpan.FromMilliseconds(1 + _random.Next(100)), 100e3 * Math.Pow(10, _random.NextDouble() * 2));
        var peer = new SimulatedPeer(
            number, host, new IPEndPoint(_server.Host.Address, 8080), _network.DialFrom(host), Path.Combine(_folder, $"{number}"), _time, _thread);
        for (var n = 0; n < 2; n++)
            peer.Give(_contents[_random.Next(_contents.Count)], isDamaged: number % 10 == 9);
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
        if (!_isEnding && peer.IsUp && !peer.Has(content) && !_fetching.ContainsKey((peer.Number, content)))
            peer.Track(() => FetchAsync(peer, content));
        else if (peer.IsUp)
            FetchLater(peer);
    });

    private async Task FetchAsync(SimulatedPeer peer, Content content)
    {
        _log.Add($"peer {peer.Number} fetches {content.Name}, {content.Bytes.Length} bytes");
        _fetching.Add((peer.Number, content), _network.Now);
        var isWhole = await peer.FetchAsync(content);
        _fetching.Remove((peer.Number, content));
        _log.Add($"peer {peer.Number} ends {content.Name}: {(isWhole is null ? "killed" : isWhole.Value ? "whole" : "not whole")}");
        _fetched += isWhole == true ? 1 : 0;
        _failed += isWhole == false ? 1 : 0;
        if (isWhole is not null)
            FetchLater(peer);
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

    private void CutPeer(SimulatedPeer peer)
    {
        if (peer.Host.IsCut)
            return;
        var seconds = 1 + _random.NextDouble() * 60;
        _log.Add($"the cable of peer {peer.Number} is pulled for {seconds:F1} s");
        _network.Cut(peer.Host);
        In(seconds, () => _network.Mend(peer.Host));
    }

    private void CutServer()
    {
        _log.Add($"the cable of the server is pulled for 40 s");
        _network.Cut(_server.Host);
        In(40, () => _network.Mend(_server.Host));
    }

    private void KillServer()
    {
        if (_isEnding)
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
        Rules.Check(_server, _peers);
        foreach (var ((peer, content), since) in _fetching)
        {
            if (_peers[peer].IsUp && _network.Now - since > FetchPatience.Ticks)
                throw new BrokenRuleException($"peer {peer} fetches {content.Name} without end");
        }

        In(BetweenChecks.TotalSeconds, Check);
    }

    private void End()
    {
        _isEnding = true;
        foreach (var peer in _peers.Where(peer => peer.IsUp))
            peer.Kill();
        RunUntil(_plan.Duration + EndPatience);
        foreach (var peer in _peers)
        {
            peer.ThrowIfBroken();
            if (peer.RunningTasks > 0)
                throw new BrokenRuleException($"peer {peer.Number} is gone, and {peer.RunningTasks} of its tasks wait for ever");
        }

        if (_server.Sessions > 0)
            throw new BrokenRuleException($"every client is gone, and {_server.Sessions} sessions wait for ever");
        if (_thread.Strays > 0)
            throw new BrokenRuleException($"{_thread.Strays} steps came from other threads, so that this run cannot be repeated");
    }

    private SimulatedPeer Any() => _peers[_random.Next(_peers.Count)];

    private void In(double seconds, Action action) => _network.At(_network.Now + TimeSpan.FromSeconds(seconds).Ticks, action);

    private void Repeatedly(double meanSeconds, Action action) => In(-Math.Log(1 - _random.NextDouble()) * meanSeconds, () =>
    {
        if (_isEnding)
            return;
        action();
        Repeatedly(meanSeconds, action);
    });

    private void RunUntil(TimeSpan end)
    {
        while (true)
        {
            _thread.RunUntilIdle();
            var left = end - TimeSpan.FromTicks(_network.Now);
            if (_time.UntilNextTimer is not { } next || next > left)
            {
                _time.Advance(left);
                _thread.RunUntilIdle();
                return;
            }

            _time.Advance(next);
        }
    }
}
