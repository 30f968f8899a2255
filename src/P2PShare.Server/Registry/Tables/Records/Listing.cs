using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>
/// A name with one content, and the entries of those who share it. A name has several listings where its owners disagree about the
/// content.
/// </summary>
internal struct Listing : ISlot
{
    /// <summary>Its node in the index by name.</summary>
    public HashNode Node;

    /// <summary>In the <see cref="NameStore"/>.</summary>
    public int Name;

    /// <summary>In the <see cref="ContentTable"/>; 0 where the owners did not say.</summary>
    public int Content;

    /// <summary>The head of the ring of its entries: the next one in round-robin order.</summary>
    public int FirstEntry;

    /// <summary>How many entries it has.</summary>
    public int Entries;

    /// <summary>Links it with the listings of the same content.</summary>
    public RingLink ContentRing;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>How many owners agree on the content; 0 where it is unknown.</summary>
    public readonly int Agreement => Content == 0 ? 0 : Entries;

    public readonly struct Hashed : IHashNodeOf<Listing>
    {
        static ref HashNode IHashNodeOf<Listing>.In(ref Listing record) => ref record.Node;
    }

    public readonly struct InContentRing : IRingLinkOf<Listing>
    {
        static ref RingLink IRingLinkOf<Listing>.In(ref Listing record) => ref record.ContentRing;
    }
}
