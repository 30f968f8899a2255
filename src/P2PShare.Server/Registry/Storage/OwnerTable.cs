using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry.Storage;

/// <summary>The sessions that have entries.</summary>
internal sealed class OwnerTable(TableMemory memory, Slab<Entry> entries)
{
    private readonly Slab<Owner> _owners = new(memory);
    private readonly Dictionary<long, int> _bySession = [];
    private readonly Rings<Entry, Entry.InOwner> _rings = new(entries);

    // By number, because records hold no references.
    private readonly List<OwnerPlace?> _places = [null];

    // By entry, where it is not its owner's, which no program has a reason for.
    private readonly Dictionary<int, ushort> _otherPorts = [];

    public ref Owner this[int number] => ref _owners[number];

    public OwnerPlace PlaceOf(int number) => _places[number]!;

    /// <summary>0 where the session has no entries.</summary>
    public int NumberOf(long session) => _bySession.GetValueOrDefault(session);

    public int CountOf(long session) => NumberOf(session) is not 0 and var owner ? _owners[owner].Entries : 0;

    public void Join(long session, PeerAddress address, int entry)
    {
        var owner = NumberOf(session);
        if (owner == 0)
            owner = Add(session, new OwnerPlace(session, address.Ip, (ushort)address.Port));
        entries[entry].Owner = owner;
        _rings.Append(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries++;
        SetPort(entry, (ushort)address.Port);
    }

    public ushort PortOf(int entry)
    {
        var owner = entries[entry].Owner;
        var port = PlaceOf(owner).Port;
        return _owners[owner].OtherPorts == 0 ? port : _otherPorts.GetValueOrDefault(entry, port);
    }

    public void SetPort(int entry, ushort port)
    {
        var owner = entries[entry].Owner;
        ForgetPort(entry);
        if (port == PlaceOf(owner).Port)
            return;
        _otherPorts.Add(entry, port);
        _owners[owner].OtherPorts++;
    }

    public void Leave(int entry)
    {
        var owner = entries[entry].Owner;
        ForgetPort(entry);
        _rings.Remove(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries--;
        if (_owners[owner].FirstEntry != 0)
            return;
        _bySession.Remove(_owners[owner].Number);
        _places[owner] = null;
        _owners.Remove(owner);
    }

    private int Add(long session, OwnerPlace place)
    {
        var owner = _owners.Add(new Owner { Number = session });
        if (owner == _places.Count)
            _places.Add(place);
        _places[owner] = place;
        _bySession[session] = owner;
        return owner;
    }

    private void ForgetPort(int entry)
    {
        ref var owner = ref _owners[entries[entry].Owner];
        if (owner.OtherPorts > 0 && _otherPorts.Remove(entry))
            owner.OtherPorts--;
    }
}
