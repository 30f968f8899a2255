using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Who shares what, for one thread at a time: what the sessions of this server may store, and the lookups. Which owner a lookup gets is
/// decided by the <see cref="OwnerSelector"/>, the <see cref="OwnerFinder"/> and the <see cref="PeerFinder"/>. What other servers' sessions
/// share is in the same tables, put there by the <see cref="RemotePages"/>.
/// </summary>
internal sealed class FileTable
{
    private readonly EntryTable _table;
    private readonly OwnerSelector _selector;
    private readonly OwnerFinder _finder;
    private readonly LookupPrefetcher _prefetcher;
    private readonly int _maxItems;
    private readonly int _maxPerOwner;

    /// <param name="table">The entries.</param>
    /// <param name="maxItems">Entries and parts of all sessions of this server.</param>
    /// <param name="maxPerOwner">Of one session.</param>
    /// <param name="bounds">Null for a registry without pages.</param>
    public FileTable(EntryTable table, int maxItems, int maxPerOwner, PageBounds? bounds)
    {
        (_table, _maxItems, _maxPerOwner) = (table, maxItems, maxPerOwner);
        Parts = new(_table);
        _prefetcher = new(_table.Index, _table.Listings, _table.Names, _table.Entries, _table.Owners);
        Remote = new(_table, Parts, _prefetcher, bounds?.MaxFilesOfAll ?? int.MaxValue);
        var doubt = Remote.Doubt;
        _selector = new(_table.ByName, _table.Listings, _table.Entries, _table.Owners, doubt);
        _finder = new(_table, doubt);
    }

    /// <summary>The parts of all sessions.</summary>
    public PartTable Parts { get; }

    /// <summary>The pages of other servers.</summary>
    public RemotePages Remote { get; }

    /// <summary>The sessions with their pages.</summary>
    public SessionPages Sessions => _table.Sessions;

    public RegistryCounts Counts =>
        new(_table.Count, Parts.Count, _table.Owners.Count) { OwnFiles = OwnFiles, OwnParts = Parts.OwnCount };

    private int OwnFiles => _table.Count - Remote.Entries;

    /// <inheritdoc cref="IFileRegistry.Put"/>
    public PutResult Put(in FileEntry file)
    {
        if (_table.Find(file.Name.Utf8.Span, file.Owner) is not 0 and var entry)
        {
            _table.Replace(entry, file.Name, file.Address.Port, file.Identity);
            NoteWhole(file);
            return PutResult.Stored;
        }

        // An entry that replaces its owner's part needs no further room.
        var room = RoomFor(file.Owner);
        if (room != PutResult.Stored && !(file.Identity is { } identity && _table.Peers.HasPart(identity.Id, file.Owner)))
            return room;
        _table.Add(Sessions.PageFor(file.Owner, file.Address), file.Name, file.Address.Port, file.Identity);
        NoteWhole(file);
        return PutResult.Stored;
    }

    /// <inheritdoc cref="IPartRegistry.PutPart"/>
    public PutResult PutPart(long session, FileId id, PeerAddress address)
    {
        var isNew = !_table.Peers.Contains(id, session);
        var room = isNew ? RoomFor(session) : PutResult.Stored;
        if (room == PutResult.Stored)
            Parts.Put(session, id, address);
        return room;
    }

    /// <inheritdoc cref="IPartRegistry.RemovePart"/>
    public bool RemovePart(long session, FileId id) => Parts.Remove(session, id);

    /// <inheritdoc cref="IPartRegistry.FindPeers"/>
    public int FindPeers(FileId id, Span<FoundPeer> found) => _table.Peers.Find(id, found);

    /// <inheritdoc cref="IFileRegistry.Remove"/>
    public bool Remove(long session, FileName name)
    {
        if (_table.Find(name.Utf8.Span, session) is not (not 0 and var entry))
            return false;
        _table.Remove(entry);
        return true;
    }

    /// <summary>Removes at most <paramref name="limit"/> of an owner's entries and parts, and returns how many it removed.</summary>
    public int RemoveSome(long session, int limit)
    {
        var removed = 0;
        for (; removed < limit && Sessions.FirstEntryOf(session) is not 0 and var entry; removed++)
            _table.Remove(entry);
        for (; removed < limit && Parts.TryRemoveAny(session); removed++)
        {
        }

        return removed;
    }

    /// <inheritdoc cref="OwnerSelector.Choose"/>
    public EncodedAddress? Choose(FileName name, int period)
    {
        _prefetcher.Prefetch();
        return _selector.Choose(name, period);
    }

    /// <inheritdoc cref="LookupPrefetcher.Note"/>
    public void NoteLookup(uint hash) => _prefetcher.Note(hash);

    public void Find(FileName name, FileRows found) => _finder.Find(name, found);

    public void Find(FileId id, FileRows found) => _finder.Find(id, found);

    public void ReadPage(FilePosition after, FileRows page)
    {
        Span<SortedEntry> items = stackalloc SortedEntry[page.Room + LookupPrefetcher.NamesAhead];
        for (var found = items[.._table.CopyAfter(after, items)]; ; found = items[.._table.CopyAfter(found[^1], items)])
        {
            for (var i = 0; i < found.Length && page.Room > 0; i++)
            {
                _prefetcher.PrefetchNameAhead(found, i);
                ref readonly var item = ref found[i];
                var owners = _table.Owners;
                if (!IsHidden(item))
                    page.Add(owners[item.Owner].Number, _table.Names[item.Name], owners.IpOf(item.Owner), item.Port, IdentityOf(item));
            }

            if (page.Room == 0 || found.Length < items.Length)
                return;
        }
    }

    public void ReadPage(FilePosition after, EncodedRows page)
    {
        Span<SortedEntry> items = stackalloc SortedEntry[page.Room + LookupPrefetcher.NamesAhead];
        for (var found = items[.._table.CopyAfter(after, items)]; ; found = items[.._table.CopyAfter(found[^1], items)])
        {
            for (var i = 0; i < found.Length && page.Room > 0; i++)
            {
                _prefetcher.PrefetchNameAhead(found, i);
                ref readonly var item = ref found[i];
                if (!IsHidden(item))
                    page.Add(_table.Owners[item.Owner].Number, _table.Names[item.Name], in _table.Owners.AddressOf(item.Owner, item.Port));
            }

            if (page.Room == 0 || found.Length < items.Length)
                return;
        }
    }

    private bool IsHidden(in SortedEntry item) => Sessions.Rivals.Contested > 0 && _table.IsHidden(item.Owner, item.Name);

    private FileIdentity? IdentityOf(in SortedEntry item) => _table.IdentityOf(item.Entry);

    private void NoteWhole(in FileEntry file)
    {
        if (file.Identity is { } identity)
            Parts.NoteWhole(file.Owner, identity.Id);
    }

    // Stored where there is room for another entry or part.
    private PutResult RoomFor(long session) =>
        OwnFiles + Parts.OwnCount >= _maxItems ? PutResult.RegistryFull
        : _table.Owners.CountOf(session) + Parts.CountOf(session) >= _maxPerOwner ? PutResult.OwnerFull
        : PutResult.Stored;
}
