using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>All who have a content or a part of it.</summary>
internal struct Swarm : ISlot
{
    public FileId Id;

    /// <summary>Its node in the index by id.</summary>
    public HashNode Node;

    /// <summary>How many addresses it has. Their places count from 0.</summary>
    public int Addresses;

    /// <summary>How many of its sessions have a part only.</summary>
    public int Parts;

    int ISlot.NextFree
    {
        readonly get => Addresses;
        set => Addresses = value;
    }

    public readonly struct Hashed : IHashNodeOf<Swarm>
    {
        static ref HashNode IHashNodeOf<Swarm>.In(ref Swarm record) => ref record.Node;
    }
}
