using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Swarms;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Who shares what, for one thread at a time. It keeps the tables consistent: entries by name, by content, by owner and sorted, and the
/// parts. Which owner a lookup gets is decided by the <see cref="OwnerSelector"/>, the <see cref="OwnerFinder"/> and the
/// <see cref="PeerFinder"/>. Every operation takes constant or logarithmic time for each entry that it touches.
/// </summary>
internal sealed class FileTable
{
    private readonly NameStore _names;
    private readonly Slab<Listing> _listings;
    private readonly Slab<Entry> _entries;
    private readonly SortedBlocks<SortedEntry> _sorted = new();
    private readonly ContentTable _contents;
    private readonly OwnerTable _owners;
    private readonly ListingTable _byName;
    private readonly OwnerSelector _selector;
    private readonly OwnerFinder _finder;
    private readonly PartRings _parts;
    private readonly PeerFinder _peers;
    private readonly LookupPrefetcher _prefetcher;
    private readonly int _maxEntries;
    private readonly int _maxPerOwner;
    private int _entryCount;

    /// <param name="maxEntries">Of all owners.</param>
    /// <param name="maxPerOwner">Of one owner.</param>
    /// <param name="random">Chooses peers.</param>
    public FileTable(int maxEntries, int maxPerOwner, Random random)
    {
        (_maxEntries, _maxPerOwner) = (maxEntries, maxPerOwner);
        var memory = new TableMemory();
        _names = new(memory, Limits.MaxFileNameBytes);
        _listings = new(memory);
        _entries = new(memory);
        _contents = new(memory, _listings);
        _owners = new(memory, _entries);
        var index = new HashIndex<Listing, Listing.Hashed>(memory, _listings);
        _byName = new(index, _listings, _names, _entries, _contents);
        _selector = new(_byName, _listings, _entries, _owners);
        _finder = new(_byName, _listings, _names, _entries, _contents, _owners);
        var swarms = new SwarmTable(memory, random);
        _parts = swarms.Parts;
        _peers = new(_listings, _entries, _contents, _owners, swarms);
        _prefetcher = new(index, _listings, _names, _entries, _owners);
    }

    public RegistryCounts Counts => new(_entryCount, _parts.Count, _owners.Count);

    /// <inheritdoc cref="IFileRegistry.Put"/>
    public PutResult Put(in FileEntry file)
    {
        var key = KeyOf(file.Name.Utf8.Span, file.Owner);
        if (_sorted.TryFind(key, out var position))
        {
            Replace(position, file);
            return PutResult.Stored;
        }

        // An entry that replaces its owner's part needs no further room.
        var room = RoomFor(file.Owner);
        if (room != PutResult.Stored && !(file.Identity is { } identity && _peers.HasPart(identity.Id, file.Owner)))
            return room;
        Add(key, file);
        return PutResult.Stored;
    }

    /// <inheritdoc cref="IPartRegistry.PutPart"/>
    public PutResult PutPart(long session, FileId id, in EncodedAddress address)
    {
        var room = _peers.Contains(id, session) ? PutResult.Stored : RoomFor(session);
        if (room == PutResult.Stored)
            _peers.PutPart(id, session, address);
        return room;
    }

    /// <inheritdoc cref="IPartRegistry.RemovePart"/>
    public bool RemovePart(long session, FileId id) => _peers.RemovePart(id, session);

    /// <inheritdoc cref="IPartRegistry.FindPeers"/>
    public int FindPeers(FileId id, Span<FoundPeer> found) => _peers.Find(id, found);

    /// <inheritdoc cref="IFileRegistry.Remove"/>
    public bool Remove(long session, FileName name)
    {
        if (!_sorted.TryFind(KeyOf(name.Utf8.Span, session), out var position))
            return false;
        Remove(_sorted[position].Entry);
        return true;
    }

    /// <summary>Removes at most <paramref name="limit"/> of an owner's entries and parts, and returns how many it removed.</summary>
    public int RemoveSome(long session, int limit)
    {
        var removed = 0;
        for (; removed < limit && _owners.NumberOf(session) is not 0 and var owner; removed++)
            Remove(_owners[owner].FirstEntry);
        for (; removed < limit && _peers.TryRemoveAnyPart(session); removed++)
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
        items = items[..CopyAfter(after, items)];
        var rows = Math.Min(items.Length, page.Room);
        for (var i = 0; i < rows; i++)
        {
            _prefetcher.PrefetchNameAhead(items, i);
            ref readonly var item = ref items[i];
            page.Add(_owners[item.Owner].Number, _names[item.Name], _owners.IpOf(item.Owner), item.Port, IdentityOf(item.Entry));
        }
    }

    public void ReadPage(FilePosition after, EncodedRows page)
    {
        Span<SortedEntry> items = stackalloc SortedEntry[page.Room + LookupPrefetcher.NamesAhead];
        items = items[..CopyAfter(after, items)];
        var rows = Math.Min(items.Length, page.Room);
        for (var i = 0; i < rows; i++)
        {
            _prefetcher.PrefetchNameAhead(items, i);
            ref readonly var item = ref items[i];
            page.Add(_owners[item.Owner].Number, _names[item.Name], in _owners.AddressOf(item.Owner, item.Port));
        }
    }

    private int CopyAfter(FilePosition after, Span<SortedEntry> items) => _sorted.CopyAfter(KeyOf(after.Name.Span, after.Owner), items);

    private void Add(EntryKey key, in FileEntry file)
    {
        var number = _entries.Add(default);
        _owners.AddEntry(file.Owner, file.Address, number);
        _byName.AddEntry(number, file.Name, file.Identity);
        _sorted.Insert(key, ItemOf(number));
        _entryCount++;
        _peers.AddWhole(number);
    }

    // The item is replaced last: with its listing, the entry may lose the name that the old item refers to.
    private void Replace(SortedBlocks<SortedEntry>.Position position, in FileEntry file)
    {
        var number = _sorted[position].Entry;
        _owners.SetPort(number, (ushort)file.Address.Port);
        var before = IdentityOf(number);
        if (before == file.Identity)
        {
            _peers.MoveWhole(number);
        }
        else
        {
            _byName.RemoveEntry(number);
            _peers.RemoveWhole(before, file.Owner);
            _byName.AddEntry(number, file.Name, file.Identity);
            _peers.AddWhole(number);
        }

        _sorted[position] = ItemOf(number);
    }

    private void Remove(int number)
    {
        var entry = _entries[number];
        var (session, identity) = (_owners[entry.Owner].Number, IdentityOf(number));
        _sorted.Remove(KeyOf(_names[_listings[entry.Listing].Name], session));
        _owners.RemoveEntry(number);
        _byName.RemoveEntry(number);
        _entries.Remove(number);
        _entryCount--;
        _peers.RemoveWhole(identity, session);
    }

    // Stored where there is room for another entry or part.
    private PutResult RoomFor(long session) =>
        _entryCount + _parts.Count >= _maxEntries ? PutResult.RegistryFull
        : _owners.CountOf(session) + _parts.CountOf(session) >= _maxPerOwner ? PutResult.OwnerFull
        : PutResult.Stored;

    private FileIdentity? IdentityOf(int number) => _contents.IdentityOf(_listings[_entries[number].Listing].Content);

    private SortedEntry ItemOf(int number)
    {
        ref readonly var entry = ref _entries[number];
        return new(number, _listings[entry.Listing].Name, entry.Owner, _owners.PortOf(number));
    }

    private EntryKey KeyOf(ReadOnlySpan<byte> name, long session) => new(_names, _owners, name, session);
}
