using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>One owner's share of one listing. The <see cref="Owners.OwnerTable"/> knows its port.</summary>
internal struct Entry : ISlot
{
    public int Owner;
    public int Listing;

    /// <summary>Links it with the other entries of its page.</summary>
    public RingLink PageRing;

    /// <summary>Links it with the other entries of its listing, in round-robin order.</summary>
    public RingLink ListingRing;

    int ISlot.NextFree
    {
        readonly get => PageRing.Next;
        set => PageRing.Next = value;
    }

    public readonly struct InPageRing : IRingLinkOf<Entry>
    {
        static ref RingLink IRingLinkOf<Entry>.In(ref Entry record) => ref record.PageRing;
    }

    public readonly struct InListingRing : IRingLinkOf<Entry>
    {
        static ref RingLink IRingLinkOf<Entry>.In(ref Entry record) => ref record.ListingRing;
    }
}
