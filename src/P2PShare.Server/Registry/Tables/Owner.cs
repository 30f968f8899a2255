using System.Runtime.InteropServices;
using P2PShare.Protocol.Grammar;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// A session that has entries. A lookup and a row of a list need no more of memory for it than this record, as a rule of its first 64
/// bytes, which the processor fetches at once.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 2 * TableMemory.Alignment)]
internal struct Owner : ISlot
{
    /// <summary>The session's number.</summary>
    public long Number;

    public int FirstEntry;
    public int Entries;

    /// <summary>Entries with another port than the first one had.</summary>
    public int OtherPorts;

    /// <summary>Of its first entry; all others have the same, unless a program does what none has a reason to.</summary>
    public ushort Port;

    // Requests handed to it, as they counted in that period; each period since then halves them.
    private int _handed;
    private int _period;

    /// <summary>Its address, with <see cref="Port"/>.</summary>
    public EncodedAddress Ending;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>Requests handed to it lately: those of this period, half of those in the one before, and so on.</summary>
    public readonly int HandedLately(int period) => _handed >> Math.Clamp(period - _period, 0, 31);

    public void Hand(int period) => (_handed, _period) = (HandedLately(period) + 1, period);
}
