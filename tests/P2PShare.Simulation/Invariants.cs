using P2PShare.Protocol.Identity;

namespace P2PShare.Simulation;

/// <summary>Conditions that hold at every moment at which no task is ready, and at the end of a run.</summary>
internal sealed class Invariants(SimulatedServer server, IReadOnlyList<SimulatedPeer> peers, TimeProvider time)
{
    // What was fetched is announced by a task of its own, which may have to connect again before.
    private static readonly TimeSpan AnnouncePatience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<SimulatedPeer, long> _differsSince = [];
    private readonly HashSet<FileId> _contents = [];

    /// <summary>
    /// Checks that no task has failed, that the registry has exactly the entries that live sessions announced, and that no question but
    /// LOCATE_PEERS finds a part.
    /// </summary>
    public void Check()
    {
        foreach (var peer in peers)
        {
            peer.ThrowIfFaulted();
            _contents.UnionWith(peer.SharedContents);
        }

        if (!server.IsUp || server.Host.IsOffline)
        {
            _differsSince.Clear();
            return;
        }

        var entries = server.Entries(out var areAllAlive);
        if (!areAllAlive)
            throw new InvariantViolationException("the registry has an entry of a session that has ended");
        foreach (var peer in peers)
        {
            CheckParts(peer);
            CheckEntries(peer, entries.GetValueOrDefault(peer.Address) ?? []);
        }
    }

    /// <summary>
    /// To be called when all peers and the server have been up for some minutes and nobody fetches: who has fetched a file is listed
    /// with it, and nobody has a part.
    /// </summary>
    public void CheckSettled()
    {
        Check();
        var entries = server.Entries(out _);
        foreach (var peer in peers)
        {
            var listed = entries.GetValueOrDefault(peer.Address) ?? [];
            if (!peer.IsSettled || !listed.SetEquals(peer.NamesOnDisk))
                throw new InvariantViolationException(
                    $"peer {peer.Number} has {peer.NamesOnDisk.Count()} files at the end, and the registry lists {listed.Count}");
        }

        foreach (var id in _contents)
        {
            if (server.CountParts(id) is > 0 and var parts)
                throw new InvariantViolationException($"{parts} peers are listed with a part of {id.Short}, which nobody fetches");
        }
    }

    private void CheckParts(SimulatedPeer peer)
    {
        foreach (var part in peer.Parts)
        {
            if (!peer.SharedNames.Contains(part.Name) && server.WhatNames(part, peer.Address) is { } question)
                throw new InvariantViolationException($"{question} names peer {peer.Number}, which has a part of {part.Name}");
        }
    }

    private void CheckEntries(SimulatedPeer peer, HashSet<FileName> listed)
    {
        if (!peer.IsSettled || peer.Host.IsOffline || listed.SetEquals(peer.SharedNames))
            _differsSince.Remove(peer);
        else if (_differsSince.TryAdd(peer, time.GetTimestamp()))
            return;
        else if (time.GetElapsedTime(_differsSince[peer]) > AnnouncePatience)
            throw new InvariantViolationException(
                $"peer {peer.Number} shares {peer.SharedNames.Count()} files, and the registry lists {listed.Count}");
    }
}
