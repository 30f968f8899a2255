using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The key by which entries are sorted: the bytes of the name, then the session.</summary>
internal readonly ref struct EntryKey(NameStore names, OwnerTable owners, ReadOnlySpan<byte> name, long session) : ISortKey<SortedEntry>
{
    private readonly ReadOnlySpan<byte> _name = name;

    public int CompareTo(SortedEntry item)
    {
        var order = _name.SequenceCompareTo(names[item.Name]);
        return order != 0 ? order : session.CompareTo(owners[item.Owner].Number);
    }
}
