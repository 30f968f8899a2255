using System.Runtime.InteropServices;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>
/// A session that has entries, or in a registry with pages parts only. All that a lookup or a row of a list reads of an owner is in this
/// record, and as a rule in its first 64 bytes: one cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 2 * TableMemory.Alignment)]
internal struct Owner : ISlot
{
    /// <summary>The session's number.</summary>
    public long Number;

    // The recent requests as they counted in that period; each period since then halves them.
    private int _requests;
    private int _period;

    /// <summary>The port of its first entry. In practice all others have the same.</summary>
    public ushort Port;

    /// <summary>Another session has the same address.</summary>
    public bool IsContested;

    /// <summary>How many of its entries have another port than <see cref="Port"/>.</summary>
    public int OtherPorts;

    /// <summary>Its address, with <see cref="Port"/>.</summary>
    public EncodedAddress Address;

    /// <summary>How many entries it has.</summary>
    public int Entries;

    /// <summary>The head of the ring of its pages.</summary>
    public int FirstPage;

    /// <summary>The page that is known to have room, or 0.</summary>
    public int PageWithRoom;

    /// <summary>Links it with the other sessions that have its address.</summary>
    public RingLink AddressRing;

    /// <summary>See <see cref="Pages.RegistryPage.Since"/>.</summary>
    public long Since;

    int ISlot.NextFree
    {
        readonly get => FirstPage;
        set => FirstPage = value;
    }

    /// <summary>The requests that it was chosen for: those of this period, half of those of the period before, and so on.</summary>
    public readonly int RecentRequests(int period) => _requests >> Math.Clamp(period - _period, 0, 31);

    public void CountRequest(int period) => (_requests, _period) = (RecentRequests(period) + 1, period);

    public readonly struct InAddressRing : IRingLinkOf<Owner>
    {
        static ref RingLink IRingLinkOf<Owner>.In(ref Owner record) => ref record.AddressRing;
    }
}
