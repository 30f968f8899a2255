namespace P2PShare.Server.Registry.Storage;

/// <summary>A session that has entries.</summary>
internal struct Owner : ISlot
{
    /// <summary>The session's number.</summary>
    public long Number;

    public int FirstEntry;
    public int Entries;

    /// <summary>Entries with another port than the first one had.</summary>
    public int OtherPorts;

    // Requests handed to it, as they counted in that period; each period since then halves them.
    private int _handed;
    private int _period;

    int ISlot.NextFree
    {
        readonly get => FirstEntry;
        set => FirstEntry = value;
    }

    /// <summary>Requests handed to it lately: those of this period, half of those in the one before, and so on.</summary>
    public readonly int HandedLately(int period) => _handed >> Math.Clamp(period - _period, 0, 31);

    public void Hand(int period) => (_handed, _period) = (HandedLately(period) + 1, period);
}
