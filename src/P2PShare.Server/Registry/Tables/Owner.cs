using System.Runtime.InteropServices;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// A session that has entries. All that a lookup or a row of a list reads of an owner is in this record, and as a rule in its first
/// 64 bytes: one cache line.
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

    /// <summary>How many of its entries have another port than <see cref="Port"/>.</summary>
    public int OtherPorts;

    /// <summary>The port of its first entry. In practice all others have the same.</summary>
    public ushort Port;

    // The recent requests as they counted in that period; each period since then halves them.
    private int _requests;
    private int _period;

    /// <summary>Its address, with <see cref="Port"/>.</summary>
    public EncodedAddress Address;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>The requests that it was chosen for: those of this period, half of those of the period before, and so on.</summary>
    public readonly int RecentRequests(int period) => _requests >> Math.Clamp(period - _period, 0, 31);

    public void CountRequest(int period) => (_requests, _period) = (RecentRequests(period) + 1, period);
}
