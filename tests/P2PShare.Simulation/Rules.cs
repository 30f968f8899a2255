namespace P2PShare.Simulation;

/// <summary>What must hold whenever nothing is going on in this very moment.</summary>
internal static class Rules
{
    /// <summary>The registry says exactly what live sessions announced.</summary>
    public static void Check(SimulatedServer server, IReadOnlyList<SimulatedPeer> peers)
    {
        foreach (var peer in peers)
            peer.ThrowIfBroken();
        if (!server.IsUp || server.Host.IsCut)
            return;
        var entries = server.Entries(out var areAllAlive);
        if (!areAllAlive)
            throw new BrokenRuleException("the registry has an entry of a session that is over");
        foreach (var peer in peers)
        {
            var listed = entries.GetValueOrDefault(peer.Address) ?? [];
            if (peer.IsSettled && !peer.Host.IsCut && !listed.SetEquals(peer.SharedNames))
                throw new BrokenRuleException($"peer {peer.Number} shares {peer.SharedNames.Count()} files, and the registry lists {listed.Count}");
        }
    }
}
