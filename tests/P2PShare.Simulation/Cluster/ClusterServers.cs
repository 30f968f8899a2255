using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>The servers of a run by their places, some of which may be empty.</summary>
internal sealed class ClusterServers(EventQueue events, ModelStream stream, Random random, ClusterPlan plan)
{
    private readonly ClusterMember?[] _members = new ClusterMember?[plan.Servers + 1];

    /// <summary>How many places servers start in; there is one more, for a server that starts at the end.</summary>
    public int Count => plan.Servers;

    public IEnumerable<ClusterMember> Alive => _members.OfType<ClusterMember>();

    /// <summary>Called with a server that has ended without saying so, or may be believed to have; its sessions are lost.</summary>
    public Action<ClusterMember>? Lost { get; set; }

    public long Rejoins { get; private set; }

    public ClusterMember? this[int slot] => _members[slot];

    public ClusterMember Start(int slot)
    {
        if (_members[slot] is { } running)
            return running;
        var member = new ClusterMember(events, stream, random, slot, plan.CreateRegistry) { DisturbedAt = events.GetTimestamp() };
        member.HasRejoined = _ =>
        {
            Rejoins++;
            member.DisturbedAt = events.GetTimestamp();
            Lost?.Invoke(member);
        };
        _members[slot] = member;
        events.After(random.NextDouble() * 0.2, _ => member.Connect());
        return member;
    }

    public void Kill(int slot) => End(slot, member => member.Kill());

    public void End(int slot) => End(slot, member => member.Leave());

    private void End(int slot, Action<ClusterMember> end)
    {
        if (_members[slot] is not { } member)
            return;
        _members[slot] = null;
        end(member);
        Lost?.Invoke(member);
    }
}
