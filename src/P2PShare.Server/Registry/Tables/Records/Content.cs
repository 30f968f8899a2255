using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>A content that is shared, under one name or several.</summary>
internal struct Content : ISlot
{
    public FileIdentity Identity;

    /// <summary>The head of the ring of its listings: the next one in round-robin order.</summary>
    public int FirstListing;

    /// <summary>Of the first content of an id: how many entries have this id, with any size.</summary>
    public int EntriesOfId;

    /// <summary>Links it with the contents that have the same id and another size.</summary>
    public RingLink SizeRing;

    /// <summary>Its node in the index by id where it is the first content of its id, else in the index by id and size.</summary>
    public HashNode Node;

    int ISlot.NextFree
    {
        readonly get => FirstListing;
        set => FirstListing = value;
    }

    public readonly struct Hashed : IHashNodeOf<Content>
    {
        static ref HashNode IHashNodeOf<Content>.In(ref Content record) => ref record.Node;
    }

    public readonly struct InSizeRing : IRingLinkOf<Content>
    {
        static ref RingLink IRingLinkOf<Content>.In(ref Content record) => ref record.SizeRing;
    }
}
