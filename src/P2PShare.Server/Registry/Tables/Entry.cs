using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>That one owner shares one listing; on which port, the <see cref="OwnerTable"/> knows. It stands in two rings: its owner's, and its listing's, where the first is the one whose turn is next.</summary>
internal struct Entry : ISlot
{
    public int Owner;
    public int Listing;
    public RingLink OfOwner;
    public RingLink OfListing;

    int ISlot.NextFree
    {
        readonly get => OfOwner.Next;
        set => OfOwner.Next = value;
    }

    public readonly struct InOwner : IRingLinkOf<Entry>
    {
        static ref RingLink IRingLinkOf<Entry>.In(ref Entry record) => ref record.OfOwner;
    }

    public readonly struct InListing : IRingLinkOf<Entry>
    {
        static ref RingLink IRingLinkOf<Entry>.In(ref Entry record) => ref record.OfListing;
    }
}
