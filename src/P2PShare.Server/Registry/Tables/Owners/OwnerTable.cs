using System.Net;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// The sessions that have entries. An owner is created with its first entry and removed with its last. In a registry with pages an owner
/// is a page of a session, which may also count parts, and the <see cref="SessionPages"/> say into which page an entry goes.
/// </summary>
internal sealed class OwnerTable(TableMemory memory, Slab<Entry> entries)
{
    private readonly Slab<Owner> _owners = new(memory);
    private readonly Dictionary<long, int> _bySession = [];
    private readonly IntrusiveRing<Entry, Entry.InOwnerRing> _rings = new(entries);

    // Beside the records, by the owner's number, because a slab's records hold no references.
    private readonly List<IPAddress?> _ips = [null];

    // By the entry's number, only where it differs from the owner's port. No known program announces with several ports.
    private readonly Dictionary<int, ushort> _otherPorts = [];
    private EncodedAddress _otherAddress;

    /// <summary>The sessions that have entries.</summary>
    public int Count => _bySession.Count;

    /// <summary>Their numbers.</summary>
    public IReadOnlyCollection<long> Sessions => _bySession.Keys;

    public Slab<Owner> Records => _owners;

    public ref Owner this[int owner] => ref _owners[owner];

    public IPAddress IpOf(int owner) => _ips[owner]!;

    /// <summary>The head of the session's owners, or 0 where the session has no entries.</summary>
    public int NumberOf(long session) => _bySession.GetValueOrDefault(session);

    /// <summary>How many entries the session has.</summary>
    public int CountOf(long session) => NumberOf(session) is not 0 and var head ? _owners[head].SessionEntries : 0;

    /// <summary>The record that counts the requests for this owner's session.</summary>
    public ref Owner HeadOf(int owner) => ref _owners[_owners[owner].Head];

    /// <summary>Adds an owner without entries. It becomes its session's head where the session has none.</summary>
    public int Add(long session, PeerAddress address)
    {
        var owner = _owners.Add(new Owner { Number = session, Port = (ushort)address.Port, Address = new EncodedAddress(address) });
        if (owner == _ips.Count)
            _ips.Add(address.Ip);
        _ips[owner] = address.Ip;
        _bySession.TryAdd(session, owner);
        _owners[owner].Head = _bySession[session];
        return owner;
    }

    /// <summary>Removes an owner without entries.</summary>
    public void Remove(int owner)
    {
        if (_owners[owner].Head == owner)
            _bySession.Remove(_owners[owner].Number);
        _ips[owner] = null;
        _owners.Remove(owner);
    }

    public void AddEntry(int owner, int port, int entry)
    {
        entries[entry].Owner = owner;
        _rings.Append(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries++;
        HeadOf(owner).SessionEntries++;
        SetPort(entry, (ushort)port);
    }

    /// <summary>Takes the entry from its owner, which may have none left then.</summary>
    public void RemoveEntry(int entry)
    {
        var owner = entries[entry].Owner;
        ForgetPort(entry);
        _rings.Remove(ref _owners[owner].FirstEntry, entry);
        _owners[owner].Entries--;
        HeadOf(owner).SessionEntries--;
    }

    /// <summary>The next entry of the same owner; the first one after the last.</summary>
    public int NextEntry(int entry) => _rings.Next(entry);

    public ushort PortOf(int entry)
    {
        var owner = entries[entry].Owner;
        var port = _owners[owner].Port;
        return _owners[owner].OtherPorts == 0 ? port : _otherPorts.GetValueOrDefault(entry, port);
    }

    /// <summary>The owner's address with this port. Valid until the next call, and until the owner is removed.</summary>
    public ref readonly EncodedAddress AddressOf(int owner, ushort port)
    {
        if (port == _owners[owner].Port)
            return ref _owners[owner].Address;
        _otherAddress = new EncodedAddress(PeerAddress.Create(IpOf(owner), port));
        return ref _otherAddress;
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

    private void ForgetPort(int entry)
    {
        ref var owner = ref _owners[entries[entry].Owner];
        if (owner.OtherPorts > 0 && _otherPorts.Remove(entry))
            owner.OtherPorts--;
    }
}
