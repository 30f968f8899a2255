using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>A name with a content, and those who own it. Most names have one listing; more, where owners disagree about the content.</summary>
internal struct Listing : ISlot
{
    /// <summary>Among all names.</summary>
    public HashNode Place;

    /// <summary>In the <see cref="NameStore"/>.</summary>
    public int Name;

    /// <summary>0 where the owners did not say.</summary>
    public int Content;

    public int FirstEntry;
    public int Entries;

    /// <summary>Its neighbours among the listings of the same content.</summary>
    public RingLink OfContent;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>How many owners agree on the content; an unknown one is nothing to agree on.</summary>
    public readonly int Agreement => Content == 0 ? 0 : Entries;

    public readonly struct Hashed : IHashNodeOf<Listing>
    {
        static ref HashNode IHashNodeOf<Listing>.In(ref Listing record) => ref record.Place;
    }

    public readonly struct InContent : IRingLinkOf<Listing>
    {
        static ref RingLink IRingLinkOf<Listing>.In(ref Listing record) => ref record.OfContent;
    }
}
