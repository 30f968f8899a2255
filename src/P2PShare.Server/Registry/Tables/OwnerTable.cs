using System.Net;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The sessions that have entries.</summary>
internal sealed class OwnerTable(TableMemory memory, Slab<Entry> entries)
{
    private readonly Slab<Owner> _owners = new(memory);
    private readonly Dictionary<long, int> _bySession = [];
    private readonly IntrusiveRing<Entry, Entry.InOwner> _rings = new(entries);

    // By number, because records hold no references.
    private readonly List<IPAddress?> _ips = [null];

    // By entry, where it is not its owner's, which no program has a reason for.
    private readonly Dictionary<int, ushort> _otherPorts = [];
    private EncodedAddress _otherEnding;

    public ref Owner this[int number] => ref _owners[number];

    public IPAddress IpOf(int number) => _ips[number]!;

    /// <summary>0 where the session has no entries.</summary>
    public int NumberOf(long session) => _bySession.GetValueOrDefault(session);

    public int CountOf(long session) => NumberOf(session) is not 0 and var owner ? _owners[owner].Entries : 0;

    public void Join(long session, PeerAddress address, int entry)
    {
        var owner = NumberOf(session);
        if (owner == 0)
            owner = Add(session, address);
        entries[entry].Owner = owner;
        _rings.Append(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries++;
        SetPort(entry, (ushort)address.Port);
    }

    public ushort PortOf(int entry)
    {
        var owner = entries[entry].Owner;
        var port = _owners[owner].Port;
        return _owners[owner].OtherPorts == 0 ? port : _otherPorts.GetValueOrDefault(entry, port);
    }

    /// <summary>Where the owner of this number takes requests for an entry with this port. Valid until the next is asked for.</summary>
    public ref readonly EncodedAddress EndingOf(int owner, ushort port)
    {
        if (port == _owners[owner].Port)
            return ref _owners[owner].Ending;
        _otherEnding = new EncodedAddress(PeerAddress.Create(IpOf(owner), port));
        return ref _otherEnding;
    }

    public void SetPort(int entry, ushort port)
    {
        var owner = entries[entry].Owner;
        ForgetPort(entry);
        if (port == _owners[owner].Port)
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
        _ips[owner] = null;
        _owners.Remove(owner);
    }

    private int Add(long session, PeerAddress address)
    {
        var owner = _owners.Add(new Owner { Number = session, Port = (ushort)address.Port, Ending = new EncodedAddress(address) });
        if (owner == _ips.Count)
            _ips.Add(address.Ip);
        _ips[owner] = address.Ip;
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
