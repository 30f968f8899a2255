namespace P2PShare.Server.Registry.Collections;

/// <summary>What a <see cref="HashIndex{T, TNode}"/> keeps in each record: its hash, and the next record of its bucket.</summary>
internal struct HashNode
{
    public uint Hash;
    public int Next;
}
