using System.Buffers.Binary;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>
/// The swarms, and the sessions of each: those that have the whole content under one name or several, and those that have a part of it.
/// A session is in a swarm once. Every operation takes constant time for each session that it touches.
/// </summary>
internal sealed class SwarmTable
{
    private readonly Slab<Swarm> _swarms;
    private readonly Slab<SwarmSession> _sessions;
    private readonly HashIndex<Swarm, Swarm.Hashed> _byId;
    private readonly HashIndex<SwarmSession, SwarmSession.Hashed> _bySession;
    private readonly SwarmAddressTable _addresses;
    private int _count;

    public SwarmTable(TableMemory memory, Random random)
    {
        _swarms = new(memory);
        _sessions = new(memory);
        _byId = new(memory, _swarms);
        _bySession = new(memory, _sessions);
        _addresses = new(memory, _swarms, random);
        Parts = new(_sessions);
    }

    /// <summary>The parts of each session.</summary>
    public PartRings Parts { get; }

    /// <summary>The swarm of this content, or 0.</summary>
    public int NumberOf(FileId id)
    {
        // Without clients that use parts there is usually no swarm, and SHARE need not hash the id for it.
        if (_count == 0)
            return 0;
        var swarm = _byId.First(HashOf(id));
        while (swarm != 0 && _swarms[swarm].Id != id)
            swarm = _byId.Next(swarm);
        return swarm;
    }

    /// <summary>Adds a swarm without sessions.</summary>
    public int Add(FileId id)
    {
        var swarm = _swarms.Add(new Swarm { Id = id });
        _byId.Add(HashOf(id), swarm);
        _count++;
        return swarm;
    }

    /// <summary>Removes a swarm that has no session any more.</summary>
    public void Remove(int swarm)
    {
        _byId.Remove(swarm);
        _swarms.Remove(swarm);
        _count--;
    }

    /// <summary>How many sessions of the swarm have a part only.</summary>
    public int CountParts(int swarm) => _swarms[swarm].Parts;

    public bool Contains(int swarm, long session) => Find(swarm, session) != 0;

    public bool HasPart(int swarm, long session) => Find(swarm, session) is not 0 and var number && !_sessions[number].IsWhole;

    /// <summary>Counts an entry of the session with the whole content. It replaces the session's part.</summary>
    public void AddWhole(int swarm, long session, in EncodedAddress address)
    {
        var number = Find(swarm, session);
        if (number == 0)
        {
            number = AddSession(swarm, session);
            _sessions[number].Address = _addresses.Add(swarm, address, isWhole: true);
        }
        else
        {
            var isPart = !_sessions[number].IsWhole;
            Move(number, address, isWhole: true);
            if (isPart)
                UnlinkPart(number);
        }

        _sessions[number].Wholes++;
    }

    /// <summary>Changes the address of a session with the whole content.</summary>
    public void MoveWhole(int swarm, long session, in EncodedAddress address) => Move(Find(swarm, session), address, isWhole: true);

    /// <summary>Takes back one <see cref="AddWhole"/>.</summary>
    public void RemoveWhole(int swarm, long session)
    {
        var number = Find(swarm, session);
        _sessions[number].Wholes--;
        if (!_sessions[number].IsWhole)
            RemoveSession(number, wasWhole: true);
    }

    /// <summary>Adds a session's part, or changes its address. A session with the whole content stays as it is.</summary>
    public void PutPart(int swarm, long session, in EncodedAddress address)
    {
        var number = Find(swarm, session);
        if (number == 0)
        {
            number = AddSession(swarm, session);
            _sessions[number].Address = _addresses.Add(swarm, address, isWhole: false);
            Parts.Add(number);
            _swarms[swarm].Parts++;
        }
        else if (!_sessions[number].IsWhole)
        {
            Move(number, address, isWhole: false);
        }
    }

    /// <summary>Removes a session's part, which there must be.</summary>
    public void RemovePart(int swarm, long session)
    {
        var number = Find(swarm, session);
        UnlinkPart(number);
        RemoveSession(number, wasWhole: false);
    }

    /// <summary>The content of one of the session's parts; null where it has none.</summary>
    public FileId? AnyPartOf(long session) =>
        Parts.FirstOf(session) is not 0 and var number ? _swarms[_sessions[number].Swarm].Id : null;

    /// <inheritdoc cref="SwarmAddressTable.Choose"/>
    public int Choose(int swarm, Span<FoundPeer> found) => _addresses.Choose(swarm, found);

    private int Find(int swarm, long session)
    {
        var number = _bySession.First(HashOf(swarm, session));
        while (number != 0 && (_sessions[number].Swarm != swarm || _sessions[number].Number != session))
            number = _bySession.Next(number);
        return number;
    }

    private int AddSession(int swarm, long session)
    {
        var number = _sessions.Add(new SwarmSession { Swarm = swarm, Number = session });
        _bySession.Add(HashOf(swarm, session), number);
        return number;
    }

    private void RemoveSession(int number, bool wasWhole)
    {
        _addresses.Remove(_sessions[number].Address, wasWhole);
        _bySession.Remove(number);
        _sessions.Remove(number);
    }

    // The new address is added first, so that it stays in its place where it is the old one.
    private void Move(int number, in EncodedAddress address, bool isWhole)
    {
        ref var session = ref _sessions[number];
        var moved = _addresses.Add(session.Swarm, address, isWhole);
        _addresses.Remove(session.Address, session.IsWhole);
        session.Address = moved;
    }

    private void UnlinkPart(int number)
    {
        _swarms[_sessions[number].Swarm].Parts--;
        Parts.Remove(number);
    }

    private static uint HashOf(FileId id)
    {
        Span<byte> bytes = stackalloc byte[Limits.HashBytes];
        id.CopyTo(bytes);
        return SeededHash.Of(bytes);
    }

    private static uint HashOf(int swarm, long session)
    {
        Span<byte> key = stackalloc byte[sizeof(int) + sizeof(long)];
        BinaryPrimitives.WriteInt32LittleEndian(key, swarm);
        BinaryPrimitives.WriteInt64LittleEndian(key[sizeof(int)..], session);
        return SeededHash.Of(key);
    }
}
