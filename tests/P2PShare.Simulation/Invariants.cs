namespace P2PShare.Simulation;

/// <summary>Conditions that hold at every moment at which no task is ready.</summary>
internal static class Invariants
{
    /// <summary>Checks that no task has failed, and that the registry has exactly the entries that live sessions announced.</summary>
    public static void Check(SimulatedServer server, IReadOnlyList<SimulatedPeer> peers)
    {
        foreach (var peer in peers)
            peer.ThrowIfFaulted();
        if (!server.IsUp || server.Host.IsOffline)
            return;
        var entries = server.Entries(out var areAllAlive);
        if (!areAllAlive)
            throw new InvariantViolationException("the registry has an entry of a session that has ended");
        foreach (var peer in peers)
        {
            var listed = entries.GetValueOrDefault(peer.Address) ?? [];
            if (peer.IsSettled && !peer.Host.IsOffline && !listed.SetEquals(peer.SharedNames))
                throw new InvariantViolationException(
                    $"peer {peer.Number} shares {peer.SharedNames.Count()} files, and the registry lists {listed.Count}");
        }
    }
}
