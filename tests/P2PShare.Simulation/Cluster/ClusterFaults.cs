using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>Lets random faults happen to the servers of a run, and ends them all.</summary>
internal sealed class ClusterFaults(EventQueue events, ModelStream stream, Random random, ClusterServers servers, TextWriter? log)
{
    // Faults of an earlier time of faults do not end in a later one.
    private int _round;

    public int Count { get; private set; }

    public void Strike()
    {
        Count++;
        if (random.Next(25) == 0)
        {
            LoseMemory();
            return;
        }

        var slot = random.Next(servers.Count);
        if (servers[slot] is { } member)
            Strike(slot, member);
    }

    /// <summary>Ends all faults: who is stopped goes on, who is cut connects. Some of the servers that have ended start again.</summary>
    public void Heal()
    {
        _round++;
        for (var slot = 0; slot < servers.Count; slot++)
        {
            if (servers[slot] is not { } member)
            {
                if (random.Next(2) == 0)
                    servers.Start(slot);
                continue;
            }

            Recover(member);
            member.CutUntil = Math.Min(member.CutUntil, events.GetTimestamp() + Ticks(0.5 * random.NextDouble()));
        }
    }

    private static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    private void Strike(int slot, ClusterMember member)
    {
        var seconds = RandomSeconds();
        var kind = random.Next(10);
        log?.WriteLine(FormattableString.Invariant(
            $"{events.GetTimestamp() / 1e7:F3} fault {kind} for {seconds:F1} s at server {slot} ({member.Id})"));
        Disturb(member);
        switch (kind)
        {
            case < 3:
                member.Disconnect(seconds);
                break;
            case 3:
                member.Stall(events.GetTimestamp() + Ticks(seconds));
                LaterUnlessHealed(seconds, () => Disturb(member));
                break;
            case 4:
                member.Stop();
                if (seconds > 20 && random.Next(2) == 0)
                    member.Disconnect(0);
                LaterUnlessHealed(seconds, () => Recover(member));
                break;
            case 5:
                servers.Kill(slot);
                LaterUnlessHealed(seconds, () => servers.Start(slot));
                break;
            case 6:
                servers.End(slot);
                LaterUnlessHealed(seconds, () => servers.Start(slot));
                break;
            case 7:
                (member.Link.PublishDelay, member.Link.DeliveryDelay) = (3 * random.NextDouble(), 3 * random.NextDouble());
                LaterUnlessHealed(seconds, () => Recover(member));
                break;
            default:
                (member.Link.Failures, member.Link.Duplicates) = (random.NextDouble(), 0.2 * random.NextDouble());
                LaterUnlessHealed(seconds, () => Recover(member));
                break;
        }
    }

    // Most faults are short, some are longer than the patience of the others.
    private double RandomSeconds() => random.Next(3) switch
    {
        0 => random.NextDouble(),
        1 => 8 * random.NextDouble(),
        _ => 60 * random.NextDouble(),
    };

    private void Recover(ClusterMember member)
    {
        if (!member.IsAlive)
            return;
        Disturb(member);
        member.Link.Heal();
        member.Stall(events.GetTimestamp());
        if (member.IsStopped)
            member.Resume();
    }

    private void Disturb(ClusterMember member) => member.DisturbedAt = events.GetTimestamp();

    private void LoseMemory()
    {
        log?.WriteLine(FormattableString.Invariant($"{events.GetTimestamp() / 1e7:F3} the stream loses everything"));
        stream.LoseEverything(restarts: random.Next(2) == 0);
        var seconds = 4 * random.NextDouble();
        foreach (var member in servers.Alive)
        {
            Disturb(member);
            member.Disconnect(seconds * random.NextDouble());
        }
    }

    private void LaterUnlessHealed(double seconds, Action action)
    {
        var round = _round;
        events.After(seconds, _ =>
        {
            if (round == _round)
                action();
        });
    }
}
