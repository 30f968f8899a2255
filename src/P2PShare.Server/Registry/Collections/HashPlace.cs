namespace P2PShare.Server.Registry.Collections;

/// <summary>A record's place in a <see cref="HashIndex{T, TPlace}"/>: its hash, and the next record of its bucket.</summary>
internal struct HashPlace
{
    public uint Hash;
    public int Next;
}

/// <summary>Says where a record keeps its place.</summary>
internal interface IHashPlaceOf<T>
    where T : struct
{
    static abstract ref HashPlace In(ref T record);
}
