using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>An address in a swarm, at which one session or several serve the content or a part of it.</summary>
internal struct SwarmAddress : ISlot
{
    /// <summary>Its node in the index by swarm and address.</summary>
    public HashNode AddressNode;

    /// <summary>Its node in the index by swarm and place.</summary>
    public HashNode PlaceNode;

    public int Swarm;

    /// <summary>From 0 to the number of the swarm's addresses, without a gap.</summary>
    public int Place;

    /// <summary>How many sessions have the whole content here.</summary>
    public int Wholes;

    /// <summary>How many sessions have a part here.</summary>
    public int Parts;

    public EncodedAddress Address;

    int ISlot.NextFree
    {
        readonly get => Place;
        set => Place = value;
    }

    public readonly struct HashedByAddress : IHashNodeOf<SwarmAddress>
    {
        static ref HashNode IHashNodeOf<SwarmAddress>.In(ref SwarmAddress record) => ref record.AddressNode;
    }

    public readonly struct HashedByPlace : IHashNodeOf<SwarmAddress>
    {
        static ref HashNode IHashNodeOf<SwarmAddress>.In(ref SwarmAddress record) => ref record.PlaceNode;
    }
}
