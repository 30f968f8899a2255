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
    public Link OfId;

    /// <summary>Among all ids where it is the first of its id, else among the other sizes.</summary>
    public HashPlace Place;

    int ISlot.NextFree
    {
        readonly get => FirstListing;
        set => FirstListing = value;
    }

    public readonly struct Hashed : IHashPlaceOf<Content>
    {
        static ref HashPlace IHashPlaceOf<Content>.In(ref Content record) => ref record.Place;
    }

    public readonly struct WithId : ILinkOf<Content>
    {
        static ref Link ILinkOf<Content>.In(ref Content record) => ref record.OfId;
    }
}
