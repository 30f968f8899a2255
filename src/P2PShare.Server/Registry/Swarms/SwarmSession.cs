using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>A session in a swarm.</summary>
internal struct SwarmSession : ISlot
{
    /// <summary>The session's number.</summary>
    public long Number;

    /// <summary>Its node in the index by swarm and session.</summary>
    public HashNode Node;

    public int Swarm;

    /// <summary>Where the session serves the content: in the <see cref="SwarmAddressTable"/>.</summary>
    public int Address;

    /// <summary>How many of its entries have the content; 0 where it has a part only.</summary>
    public int Wholes;

    /// <summary>Links a part with the other parts of its session.</summary>
    public RingLink PartRing;

    int ISlot.NextFree
    {
        readonly get => Address;
        set => Address = value;
    }

    public readonly bool IsWhole => Wholes > 0;

    public readonly struct Hashed : IHashNodeOf<SwarmSession>
    {
        static ref HashNode IHashNodeOf<SwarmSession>.In(ref SwarmSession record) => ref record.Node;
    }

    public readonly struct InPartRing : IRingLinkOf<SwarmSession>
    {
        static ref RingLink IRingLinkOf<SwarmSession>.In(ref SwarmSession record) => ref record.PartRing;
    }
}
