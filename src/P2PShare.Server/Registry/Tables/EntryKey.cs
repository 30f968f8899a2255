using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>A place in the order of entries: bytes of the name, then sessions.</summary>
internal readonly ref struct EntryKey(NameStore names, OwnerTable owners, ReadOnlySpan<byte> name, long session) : ISortKey
{
    private readonly ReadOnlySpan<byte> _name = name;

    public int CompareTo(SortedEntry item)
    {
        var order = _name.SequenceCompareTo(names[item.Name].Span);
        return order != 0 ? order : session.CompareTo(owners[item.Owner].Number);
    }
}
