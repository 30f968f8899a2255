using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>The entries of one session; in a registry with pages, some of its entries and parts.</summary>
internal struct Page : ISlot
{
    /// <summary>Its session, in the <see cref="Owners.OwnerTable"/>; 0 in a record that is not used.</summary>
    public int Owner;

    /// <summary>The head of the ring of its entries.</summary>
    public int FirstEntry;

    /// <summary>How many entries it has.</summary>
    public int Entries;

    /// <summary>How many parts are counted in it.</summary>
    public int Parts;

    /// <summary>Of a page of this server: it is to be taken as changed.</summary>
    public bool IsChanged;

    /// <summary>
    /// Of a page that another server has: the version that was applied last, 1 or more. Such a page stays when it is empty.
    /// </summary>
    public long Version;

    /// <summary>Links it with the other pages of its session.</summary>
    public RingLink OwnerRing;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>The entries and parts.</summary>
    public readonly int Items => Entries + Parts;

    public readonly struct InOwnerRing : IRingLinkOf<Page>
    {
        static ref RingLink IRingLinkOf<Page>.In(ref Page record) => ref record.OwnerRing;
    }
}
