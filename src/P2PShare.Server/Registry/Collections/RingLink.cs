namespace P2PShare.Server.Registry.Collections;

/// <summary>A record's neighbours in a ring, by their numbers.</summary>
internal struct RingLink
{
    public int Previous;
    public int Next;
}

/// <summary>Says which of a record's links makes a ring.</summary>
internal interface IRingLinkOf<T>
    where T : struct
{
    static abstract ref RingLink In(ref T record);
}
