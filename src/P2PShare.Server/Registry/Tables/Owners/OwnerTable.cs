using System.Net;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// The sessions that have entries. An owner is created with its first page and removed with its last, which the
/// <see cref="SessionPages"/> do.
/// </summary>
internal sealed class OwnerTable(TableMemory memory, Slab<Entry> entries)
{
    private readonly Slab<Owner> _owners = new(memory);
    private readonly Dictionary<long, int> _bySession = [];

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

    /// <summary>The session's owner, or 0 where it has none.</summary>
    public int NumberOf(long session) => _bySession.GetValueOrDefault(session);

    /// <summary>How many entries the session has.</summary>
    public int CountOf(long session) => NumberOf(session) is not 0 and var owner ? _owners[owner].Entries : 0;

    /// <summary>Adds an owner without entries. The session must have none.</summary>
    public int Add(long session, PeerAddress address)
    {
        var owner = _owners.Add(new Owner { Number = session, Port = (ushort)address.Port, Address = new EncodedAddress(address) });
        if (owner == _ips.Count)
            _ips.Add(address.Ip);
        _ips[owner] = address.Ip;
        _bySession.Add(session, owner);
        return owner;
    }

    /// <summary>Removes an owner without entries.</summary>
    public void Remove(int owner)
    {
        _bySession.Remove(_owners[owner].Number);
        _ips[owner] = null;
        _owners.Remove(owner);
    }

    public void AddEntry(int owner, int port, int entry)
    {
        entries[entry].Owner = owner;
        _owners[owner].Entries++;
        SetPort(entry, (ushort)port);
    }

    /// <summary>Takes the entry from its owner, which may have none left then.</summary>
    public void RemoveEntry(int entry)
    {
        ForgetPort(entry);
        _owners[entries[entry].Owner].Entries--;
    }

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
