using System.Net;
using P2PShare.Peer.Uploads;

namespace P2PShare.Simulation.Swarms;

/// <summary>
/// One swarm, from the first request until everybody who stays has the file. The decisions are those of the real code; only the network
/// is a model, in which a piece is an event or two, so that a thousand peers take a minute.
/// </summary>
internal sealed class SwarmRun
{
    // A swarm that is not done by then never will be.
    private const double MostCopies = 30;
    private const double MostSeconds = 120;

    private readonly SwarmPlan _plan;
    private readonly EventQueue _events = new();
    private readonly List<SwarmPeer> _peers = [];
    private ulong _digest = 14695981039346656037;

    public SwarmRun(SwarmPlan plan)
    {
        _plan = plan;
        var random = new Random(plan.Seed);
        var tracker = new Tracker(new Random(random.Next()));
        for (var number = 0; number <= plan.Peers; number++)
            _peers.Add(new SwarmPeer(number, plan, _events, tracker, random.Next()) { PieceReceived = NotePiece });
        tracker.Add(_peers[0]);
        foreach (var peer in _peers.Skip(1))
        {
            _events.After(random.NextDouble() * plan.StartTime.TotalSeconds, _ => peer.Start(_peers[0]));
            if (random.NextDouble() < plan.Leavers)
                _events.After(random.NextDouble() * 2 * plan.SecondsPerCopy, _ => peer.Leave());
        }
    }

    private bool IsOver => !_peers.Exists(IsFetching);

    /// <exception cref="InvariantViolationException">A peer broke a rule, or does not finish.</exception>
    public SwarmResult Run()
    {
        using (DroppedContinuations.Install())
        {
            var end = TimeSpan.FromSeconds(MostCopies * _plan.SecondsPerCopy + MostSeconds).Ticks;
            var step = TimeSpan.FromSeconds(_plan.SecondsPerCopy / 100).Ticks;
            for (var until = step; !IsOver; until += step)
            {
                while (_events.GetTimestamp() < until && _events.TryRunNext())
                    continue;
                if (_events.GetTimestamp() > end)
                    throw new InvariantViolationException($"peer {_peers.First(IsFetching).Number} does not finish");
            }

            while (_events.TryRunNext())
                continue;
            foreach (var peer in _peers)
                CheckEnd(peer);
        }

        return Result();
    }

    private static bool IsFetching(SwarmPeer peer) => !peer.HasLeft && !peer.IsWhole;

    private static void CheckEnd(SwarmPeer peer)
    {
        if (!peer.HasLeft && peer.Supply.Count != peer.Pieces)
            throw new InvariantViolationException($"peer {peer.Number} ended with {peer.Supply.Count} of {peer.Pieces} pieces");

        // Nobody is connected any more: every slot must be free again, and none reserved.
        if (peer.UsedSlots != 0)
            throw new InvariantViolationException($"peer {peer.Number} has {peer.UsedSlots} uploads without a requester");
        for (var slot = 0; slot < UploadLimits.Slots; slot++)
        {
            if (!peer.Slots.TryAcquire(new Requester(new IPAddress([11, 0, 0, (byte)slot]))))
                throw new InvariantViolationException($"peer {peer.Number} has {UploadLimits.Slots - slot} slots that nobody uses");
        }
    }

    private SwarmResult Result()
    {
        var copies = _peers.Where(peer => peer is { HasLeft: false, FinishedAfter: not null })
            .Select(peer => TimeSpan.FromTicks(peer.FinishedAfter!.Value).TotalSeconds / _plan.SecondsPerCopy)
            .ToArray();
        return new SwarmResult(
            copies.Max(),
            copies.Average(),
            _peers[0].Uplink.SentBytes / _plan.Bytes,
            (double)_peers.Sum(peer => peer.ReceivedTwice) / _peers.Skip(1).Sum(peer => peer.Supply.Count),
            _peers.Count(peer => peer.HasLeft),
            _events.Count,
            _digest);
    }

    // FNV-1a over words instead of bytes.
    private void NotePiece(SwarmPeer peer, int owner, int piece)
    {
        Add(_events.GetTimestamp());
        Add(peer.Number);
        Add(owner);
        Add(piece);

        void Add(long value) => _digest = (_digest ^ (ulong)value) * 1099511628211;
    }
}
