using System.Net;

namespace P2PShare.Server.Registry.Storage;

/// <summary>The sessions that have entries.</summary>
internal sealed class OwnerTable(Slab<Entry> entries)
{
    private readonly Slab<Owner> _owners = new();
    private readonly Dictionary<long, int> _bySession = [];
    private readonly Rings<Entry, Entry.InOwner> _rings = new(entries);

    public ref Owner this[int number] => ref _owners[number];

    /// <summary>0 where the session has no entries.</summary>
    public int NumberOf(long session) => _bySession.GetValueOrDefault(session);

    public int CountOf(long session) => NumberOf(session) is not 0 and var owner ? _owners[owner].Entries : 0;

    public void Join(long session, IPAddress ip, int entry)
    {
        var owner = NumberOf(session);
        if (owner == 0)
            _bySession[session] = owner = _owners.Add(new Owner { Number = session, Ip = ip });
        entries[entry].Owner = owner;
        _rings.Append(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries++;
    }

    public void Leave(int entry)
    {
        var owner = entries[entry].Owner;
        _rings.Remove(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries--;
        if (_owners[owner].FirstEntry != 0)
            return;
        _bySession.Remove(_owners[owner].Number);
        _owners.Remove(owner);
    }
}
