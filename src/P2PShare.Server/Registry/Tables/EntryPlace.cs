using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>A place in the order of entries: bytes of the name, then sessions.</summary>
internal readonly ref struct EntryPlace(NameStore names, OwnerTable owners, ReadOnlySpan<byte> name, long session) : IPlace
{
    private readonly ReadOnlySpan<byte> _name = name;

    public int CompareTo(SortedItem item)
    {
        var order = _name.SequenceCompareTo(names[item.Name].Span);
        return order != 0 ? order : session.CompareTo(owners[item.Owner].Number);
    }
}
