namespace P2PShare.Server.Registry.Collections;

/// <summary>A record's place in a <see cref="HashIndex{T, TPlace}"/>: its hash, and the next record of its bucket.</summary>
internal struct HashNode
{
    public uint Hash;
    public int Next;
}

/// <summary>Says where a record keeps its place.</summary>
internal interface IHashNodeOf<T>
    where T : struct
{
    static abstract ref HashNode In(ref T record);
}
