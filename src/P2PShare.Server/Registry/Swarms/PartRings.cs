using System.Runtime.InteropServices;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>The parts of each session, which end with it.</summary>
internal sealed class PartRings(Slab<SwarmSession> sessions)
{
    private readonly IntrusiveRing<SwarmSession, SwarmSession.InPartRing> _rings = new(sessions);
    private readonly Dictionary<long, Ring> _bySession = [];

    /// <summary>The parts of all sessions.</summary>
    public int Count { get; private set; }

    public int CountOf(long session) => _bySession.GetValueOrDefault(session).Count;

    /// <summary>One of the session's parts, or 0.</summary>
    public int FirstOf(long session) => _bySession.GetValueOrDefault(session).First;

    public void Add(int part)
    {
        ref var ring = ref CollectionsMarshal.GetValueRefOrAddDefault(_bySession, sessions[part].Number, out _);
        _rings.Append(ref ring.First, part);
        ring.Count++;
        Count++;
    }

    public void Remove(int part)
    {
        var session = sessions[part].Number;
        ref var ring = ref CollectionsMarshal.GetValueRefOrNullRef(_bySession, session);
        _rings.Remove(ref ring.First, part);
        ring.Count--;
        Count--;
        if (ring.Count == 0)
            _bySession.Remove(session);
    }

    private struct Ring
    {
        public int First;
        public int Count;
    }
}
