using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Who shares what, for one thread at a time. It keeps the tables consistent: entries by name, by content, by owner and sorted.
/// Which owner a lookup gets is decided by the <see cref="OwnerSelector"/> and the <see cref="OwnerFinder"/>. Every operation takes
/// constant or logarithmic time for each entry that it touches.
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
    private readonly LookupPrefetcher _prefetcher;
    private readonly int _maxEntries;
    private readonly int _maxPerOwner;
    private int _entryCount;

    /// <param name="maxEntries">Of all owners.</param>
    /// <param name="maxPerOwner">Of one owner.</param>
    public FileTable(int maxEntries, int maxPerOwner)
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
        _prefetcher = new(index, _listings, _names, _entries, _owners);
    }

    /// <inheritdoc cref="IFileRegistry.Put"/>
    public PutResult Put(in FileEntry file)
    {
        var key = KeyOf(file.Name.Utf8.Span, file.Owner);
        if (_sorted.TryFind(key, out var position))
            Replace(position, file);
        else if (_entryCount >= _maxEntries)
            return PutResult.RegistryFull;
        else if (_owners.CountOf(file.Owner) >= _maxPerOwner)
            return PutResult.OwnerFull;
        else
            Add(key, file);
        return PutResult.Stored;
    }

    /// <inheritdoc cref="IFileRegistry.Remove"/>
    public bool Remove(long session, FileName name)
    {
        if (!_sorted.TryFind(KeyOf(name.Utf8.Span, session), out var position))
            return false;
        Remove(_sorted[position].Entry);
        return true;
    }

    /// <summary>Removes at most <paramref name="limit"/> of an owner's entries, and returns how many it removed.</summary>
    public int RemoveSome(long session, int limit)
    {
        var removed = 0;
        for (; removed < limit && _owners.NumberOf(session) is not 0 and var owner; removed++)
            Remove(_owners[owner].FirstEntry);
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
    }

    // The item is replaced last: with its listing, the entry may lose the name that the old item refers to.
    private void Replace(SortedBlocks<SortedEntry>.Position position, in FileEntry file)
    {
        var number = _sorted[position].Entry;
        _owners.SetPort(number, (ushort)file.Address.Port);
        if (IdentityOf(number) != file.Identity)
        {
            _byName.RemoveEntry(number);
            _byName.AddEntry(number, file.Name, file.Identity);
        }

        _sorted[position] = ItemOf(number);
    }

    private void Remove(int number)
    {
        var entry = _entries[number];
        _sorted.Remove(KeyOf(_names[_listings[entry.Listing].Name], _owners[entry.Owner].Number));
        _owners.RemoveEntry(number);
        _byName.RemoveEntry(number);
        _entries.Remove(number);
        _entryCount--;
    }

    private FileIdentity? IdentityOf(int number) => _contents.IdentityOf(_listings[_entries[number].Listing].Content);

    private SortedEntry ItemOf(int number)
    {
        ref readonly var entry = ref _entries[number];
        return new(number, _listings[entry.Listing].Name, entry.Owner, _owners.PortOf(number));
    }

    private EntryKey KeyOf(ReadOnlySpan<byte> name, long session) => new(_names, _owners, name, session);
}
