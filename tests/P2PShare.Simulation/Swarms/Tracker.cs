namespace P2PShare.Simulation.Swarms;

/// <summary>The server: it knows who has the file or a part of it, and names some of them at random.</summary>
internal sealed class Tracker(Random random)
{
    private readonly List<SwarmPeer> _peers = [];

    public void Add(SwarmPeer peer)
    {
        if (!peer.HasLeft)
            _peers.Add(peer);
    }

    public void Remove(SwarmPeer peer) => _peers.Remove(peer);

    /// <summary>Each peer with the same probability, in any order.</summary>
    public IReadOnlyList<SwarmPeer> Pick(int count)
    {
        count = Math.Min(count, _peers.Count);
        for (var picked = 0; picked < count; picked++)
        {
            var other = random.Next(picked, _peers.Count);
            (_peers[picked], _peers[other]) = (_peers[other], _peers[picked]);
        }

        return _peers[..count];
    }
}
