namespace P2PShare.Server.Registry.Collections;

/// <summary>The numbers of a record's neighbours in an <see cref="IntrusiveRing{T, TLink}"/>.</summary>
internal struct RingLink
{
    public int Previous;
    public int Next;
}
