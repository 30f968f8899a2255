using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Tests.Registry.Collections;

/// <summary>The smallest record for the tests of slab, ring and hash index.</summary>
internal struct Record : ISlot
{
    public int Value;
    public RingLink Link;
    private HashNode _place;

    int ISlot.NextFree
    {
        readonly get => Link.Next;
        set => Link.Next = value;
    }

    public readonly struct InRing : IRingLinkOf<Record>
    {
        static ref RingLink IRingLinkOf<Record>.In(ref Record record) => ref record.Link;
    }

    public readonly struct Hashed : IHashNodeOf<Record>
    {
        static ref HashNode IHashNodeOf<Record>.In(ref Record record) => ref record._place;
    }
}
