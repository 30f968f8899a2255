using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>A content that somebody shares, under one name or several.</summary>
internal struct Content : ISlot
{
    public FileIdentity Identity;

    /// <summary>The first of its ring of listings: the one whose turn is next.</summary>
    public int FirstListing;

    /// <summary>Its neighbours among the contents of the same id.</summary>
    public RingLink OfId;

    /// <summary>Among all ids where it is the first of its id, else among the other sizes.</summary>
    public HashNode Place;

    int ISlot.NextFree
    {
        readonly get => FirstListing;
        set => FirstListing = value;
    }

    public readonly struct Hashed : IHashNodeOf<Content>
    {
        static ref HashNode IHashNodeOf<Content>.In(ref Content record) => ref record.Place;
    }

    public readonly struct WithId : IRingLinkOf<Content>
    {
        static ref RingLink IRingLinkOf<Content>.In(ref Content record) => ref record.OfId;
    }
}
