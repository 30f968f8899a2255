using System.Runtime.InteropServices;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>
/// A session that has entries; in a registry with pages, one page of a session. The session's first page is its head, which lasts as long
/// as any of its pages and counts the requests of all. All that a lookup or a row of a list reads of an owner is in this record, and as a
/// rule in its first 64 bytes: one cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 2 * TableMemory.Alignment)]
internal struct Owner : ISlot
{
    /// <summary>The session's number.</summary>
    public long Number;

    /// <summary>The head of the ring of its entries.</summary>
    public int FirstEntry;

    /// <summary>How many entries it has.</summary>
    public int Entries;

    /// <summary>The record of the session's head: this one where the registry has no pages.</summary>
    public int Head;

    // The recent requests as they counted in that period; each period since then halves them.
    private int _requests;
    private int _period;

    /// <summary>The port of its first entry. In practice all others have the same.</summary>
    public ushort Port;

    /// <summary>Of a page of this server: it is to be taken as changed.</summary>
    public bool IsChanged;

    /// <summary>Of a head: another session has the same address.</summary>
    public bool IsContested;

    /// <summary>Its address, with <see cref="Port"/>.</summary>
    public EncodedAddress Address;

    /// <summary>How many of its entries have another port than <see cref="Port"/>.</summary>
    public int OtherPorts;

    /// <summary>Of a page: how many parts are counted in it.</summary>
    public int Parts;

    /// <summary>Of a head: the page that is known to have room, or 0.</summary>
    public int PageWithRoom;

    /// <summary>Of a head: the entries of all its session's pages.</summary>
    public int SessionEntries;

    /// <summary>Links a page with the other pages of its session.</summary>
    public RingLink SessionRing;

    /// <summary>Links a head with those of the other sessions with its address.</summary>
    public RingLink AddressRing;

    /// <summary>
    /// Of a page that another server has: the version that was applied last, 1 or more. Such a page stays when it is empty.
    /// </summary>
    public long Version;

    /// <summary>Of a head: see <see cref="Pages.RegistryPage.Since"/>.</summary>
    public long Since;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>The entries and parts of a page.</summary>
    public readonly int Items => Entries + Parts;

    /// <summary>The requests that it was chosen for: those of this period, half of those of the period before, and so on.</summary>
    public readonly int RecentRequests(int period) => _requests >> Math.Clamp(period - _period, 0, 31);

    public void CountRequest(int period) => (_requests, _period) = (RecentRequests(period) + 1, period);

    public readonly struct InSessionRing : IRingLinkOf<Owner>
    {
        static ref RingLink IRingLinkOf<Owner>.In(ref Owner record) => ref record.SessionRing;
    }

    public readonly struct InAddressRing : IRingLinkOf<Owner>
    {
        static ref RingLink IRingLinkOf<Owner>.In(ref Owner record) => ref record.AddressRing;
    }
}
