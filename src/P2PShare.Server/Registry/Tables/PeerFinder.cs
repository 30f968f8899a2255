using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Swarms;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Finds peers for LOCATE_PEERS. Few entries of a content are read one by one. A content has a swarm, which contains all its entries
/// and parts, where it has a part, where a peer is to be chosen among many entries, or where it has very many.
/// </summary>
/// <remarks>
/// A swarm takes some 150 bytes for each session, three times as much as an entry. Without clients that use parts, nearly no content
/// has one.
/// </remarks>
internal sealed class PeerFinder(
    Slab<Listing> listings, Slab<Entry> entries, ContentTable contents, OwnerTable owners, SwarmTable swarms)
{
    /// <summary>A content with more entries always has a swarm, because creating one later would take the lock for too long.</summary>
    internal const int MaxWithoutSwarm = 1024;

    // So many entries are read for each answer. More get a swarm.
    private const int MaxRead = Limits.MaxLocatedOwners;

    // A swarm without parts is removed when so few entries are left. It is half of the number for which one is created, so that
    // sessions that come and go do not create and remove it each time.
    private const int MinOfSwarm = MaxRead / 2;

    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(entries);

    /// <summary>Whether the session has the content or a part of it.</summary>
    public bool Contains(FileId id, long session) =>
        SwarmFor(id, MaxRead) is not 0 and var swarm ? swarms.Contains(swarm, session) : OwnsAnyOf(id, session);

    public bool HasPart(FileId id, long session) => swarms.NumberOf(id) is not 0 and var swarm && swarms.HasPart(swarm, session);

    /// <inheritdoc cref="IPartRegistry.FindPeers"/>
    public int Find(FileId id, Span<FoundPeer> found)
    {
        var swarm = SwarmFor(id, Math.Min(MaxRead, found.Length));
        return swarm == 0 ? ReadAll(id, found) : swarms.Choose(swarm, found);
    }

    /// <summary>Adds a session's part, or changes its address. Does nothing where the session has the whole content.</summary>
    public void PutPart(FileId id, long session, in EncodedAddress address)
    {
        if (SwarmFor(id, MaxRead) is not 0 and var swarm)
            swarms.PutPart(swarm, session, address);
        else if (!OwnsAnyOf(id, session))
            swarms.PutPart(Create(id), session, address);
    }

    /// <summary>False where the session has no part of this content.</summary>
    public bool RemovePart(FileId id, long session)
    {
        var swarm = swarms.NumberOf(id);
        if (swarm == 0 || !swarms.HasPart(swarm, session))
            return false;
        swarms.RemovePart(swarm, session);
        RemoveIfSmall(swarm, id);
        return true;
    }

    /// <summary>Removes one of the session's parts. False where it has none.</summary>
    public bool TryRemoveAnyPart(long session) => swarms.AnyPartOf(session) is { } id && RemovePart(id, session);

    /// <summary>To be called when the entry is in the other tables. It replaces its owner's part.</summary>
    public void AddWhole(int entry)
    {
        if (IdOf(entry) is not { } id)
            return;
        if (swarms.NumberOf(id) is not 0 and var swarm)
            AddWhole(swarm, entry);
        else if (contents.CountEntries(id) > MaxWithoutSwarm)
            Create(id);
    }

    /// <summary>To be called when the port of an entry may have changed.</summary>
    public void MoveWhole(int entry)
    {
        if (IdOf(entry) is { } id && swarms.NumberOf(id) is not 0 and var swarm)
            swarms.MoveWhole(swarm, SessionOf(entry), AddressOf(entry));
    }

    /// <summary>To be called when an entry with this content is no longer in the other tables.</summary>
    public void RemoveWhole(FileIdentity? identity, long session)
    {
        if (identity is not { Id: var id })
            return;
        var swarm = swarms.NumberOf(id);
        if (swarm == 0)
            return;
        swarms.RemoveWhole(swarm, session);
        RemoveIfSmall(swarm, id);
    }

    // The swarm of a content; 0 where it has none and its entries are few enough to be read.
    private int SwarmFor(FileId id, int maxRead)
    {
        var swarm = swarms.NumberOf(id);
        return swarm == 0 && contents.CountEntries(id) > maxRead ? Create(id) : swarm;
    }

    private int Create(FileId id)
    {
        var swarm = swarms.Add(id);
        Span<int> all = stackalloc int[contents.CountEntries(id)];
        CopyEntries(id, all);
        foreach (var entry in all)
            AddWhole(swarm, entry);
        return swarm;
    }

    private void RemoveIfSmall(int swarm, FileId id)
    {
        var count = contents.CountEntries(id);
        if (count > MinOfSwarm || swarms.CountParts(swarm) > 0)
            return;
        Span<int> left = stackalloc int[count];
        CopyEntries(id, left);
        foreach (var entry in left)
            swarms.RemoveWhole(swarm, SessionOf(entry));
        swarms.Remove(swarm);
    }

    private void AddWhole(int swarm, int entry) => swarms.AddWhole(swarm, SessionOf(entry), AddressOf(entry));

    private bool OwnsAnyOf(FileId id, long session)
    {
        Span<int> all = stackalloc int[contents.CountEntries(id)];
        CopyEntries(id, all);
        foreach (var entry in all)
        {
            if (SessionOf(entry) == session)
                return true;
        }

        return false;
    }

    private int ReadAll(FileId id, Span<FoundPeer> found)
    {
        Span<int> all = stackalloc int[contents.CountEntries(id)];
        CopyEntries(id, all);
        var count = 0;
        foreach (var entry in all)
        {
            ref readonly var address = ref AddressOf(entry);
            if (!Contains(found[..count], address))
                found[count++] = new FoundPeer(address, IsWhole: true);
        }

        return count;
    }

    private static bool Contains(ReadOnlySpan<FoundPeer> found, in EncodedAddress address)
    {
        foreach (ref readonly var peer in found)
        {
            if (peer.Address.Bytes.SequenceEqual(address.Bytes))
                return true;
        }

        return false;
    }

    // Copies the entries of an id under all names and with all sizes; there is room for exactly as many.
    private void CopyEntries(FileId id, Span<int> copied)
    {
        var count = 0;
        for (var content = contents.FirstOf(id); count < copied.Length; content = contents.NextSize(content))
        {
            var first = contents[content].FirstListing;
            var listing = first;
            do
            {
                var entry = listings[listing].FirstEntry;
                for (var left = listings[listing].Entries; left > 0; left--, entry = _rings.Next(entry))
                    copied[count++] = entry;
                listing = contents.NextListing(listing);
            }
            while (listing != first);
        }
    }

    private long SessionOf(int entry) => owners[entries[entry].Owner].Number;

    private ref readonly EncodedAddress AddressOf(int entry) => ref owners.AddressOf(entries[entry].Owner, owners.PortOf(entry));

    private FileId? IdOf(int entry) => contents.IdentityOf(listings[entries[entry].Listing].Content)?.Id;
}
