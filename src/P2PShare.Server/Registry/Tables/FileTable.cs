using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Who shares what, for one thread at a time: entries, and the ways to them — by name, by content, by owner and in order. Each
/// costs the same however many files there are, or grows with their logarithm.
/// </summary>
internal sealed class FileTable
{
    // Of owners who are as good as each other, so many are compared by what was handed to them lately.
    private const int Candidates = 8;

    private readonly NameStore _names;
    private readonly HashIndex<Listing, Listing.Hashed> _byName;
    private readonly Slab<Listing> _listings;
    private readonly Slab<Entry> _entries;
    private readonly SortedBlocks _sorted = new();
    private readonly IntrusiveRing<Entry, Entry.InListing> _turns;
    private readonly ContentTable _contents;
    private readonly OwnerTable _owners;
    private readonly LookupPrefetcher _prefetcher;
    private readonly int _mostEntries;
    private readonly int _mostOfOwner;
    private int _entryCount;
    private int _findings;

    /// <param name="mostEntries">In all.</param>
    /// <param name="mostOfOwner">Of one owner.</param>
    public FileTable(int mostEntries, int mostOfOwner)
    {
        (_mostEntries, _mostOfOwner) = (mostEntries, mostOfOwner);
        var memory = new TableMemory();
        _names = new(memory);
        _listings = new(memory);
        _entries = new(memory);
        _byName = new(memory, _listings);
        _turns = new(_entries);
        _contents = new(memory, _listings);
        _owners = new(memory, _entries);
        _prefetcher = new(_byName, _listings, _names, _entries, _owners);
    }

    /// <returns>Null, or why there is no room.</returns>
    public string? Put(in FileEntry entry)
    {
        var place = PlaceOf(entry.Name.Utf8.Span, entry.Owner);
        ref var item = ref _sorted.Find(place);
        var number = item.Entry;
        if (number != 0)
        {
            _owners.SetPort(number, (ushort)entry.Address.Port);
            if (IdentityOf(number) != entry.Identity)
                Relist(number, entry);
            item = ItemOf(number);
            return null;
        }

        if (_entryCount >= _mostEntries)
            return "the server is full";
        if (_owners.CountOf(entry.Owner) >= _mostOfOwner)
            return "too many files of one client";
        _entryCount++;
        number = _entries.Add(default);
        _owners.Join(entry.Owner, entry.Address, number);
        JoinListing(number, entry);
        _sorted.Insert(place, ItemOf(number));
        return null;
    }

    public bool Remove(long session, FileName name)
    {
        var number = _sorted.Find(PlaceOf(name.Utf8.Span, session)).Entry;
        if (number != 0)
            Remove(number);
        return number != 0;
    }

    /// <summary>Removes up to <paramref name="limit"/> of an owner's entries, and says how many it removed.</summary>
    public int RemoveSome(long session, int limit)
    {
        var removed = 0;
        for (; removed < limit && _owners.NumberOf(session) is not 0 and var owner; removed++)
            Remove(_owners[owner].FirstEntry);
        return removed;
    }

    /// <param name="name">The file.</param>
    /// <param name="period">The time, in periods after each of which a request that was handed out counts half as much.</param>
    public EncodedAddress? Choose(FileName name, int period)
    {
        _prefetcher.Fetch();
        var (best, agreement, handed) = (0, 0, 0);
        for (var listing = FirstListing(name); listing != 0; listing = NextListing(listing))
        {
            if (_listings[listing].Agreement < agreement)
                continue;
            var candidate = LeastHanded(listing, period);
            var candidateHanded = HandedLately(candidate, period);
            if (best == 0 || _listings[listing].Agreement > agreement || candidateHanded < handed)
                (best, agreement, handed) = (candidate, _listings[listing].Agreement, candidateHanded);
        }

        if (best == 0)
            return null;
        var entry = _entries[best];
        _owners[entry.Owner].Hand(period);
        _turns.MoveToBack(ref _listings[entry.Listing].FirstEntry, best);
        return _owners.EndingOf(entry.Owner, _owners.PortOf(best));
    }

    /// <inheritdoc cref="LookupPrefetcher.Add"/>
    public void Prefetch(uint hash) => _prefetcher.Add(hash);

    public void Find(FileName name, FileRows found)
    {
        var (best, others) = (0, -1);
        for (var listing = FirstListing(name); listing != 0; listing = NextListing(listing), others++)
        {
            if (best == 0 || _listings[listing].Agreement > _listings[best].Agreement)
                best = listing;
        }

        if (best == 0)
            return;
        AddTurns(best, found, reserved: others);

        // Where there is no room for every content, the one to begin with changes from one time to the next.
        var first = others > found.Room ? (int)((uint)_findings++ % (uint)others) : 0;
        AddOthers(name, best, found, first, others, later: first);
        AddOthers(name, best, found, 0, first, later: 0);
    }

    public void Find(FileId id, FileRows found)
    {
        var first = _contents.FirstOf(id);
        if (first == 0 || found.Room == 0)
            return;
        var others = _contents.CountOthers(first, most: found.Room - 1);
        AddListings(first, found, reserved: others);
        while (others-- > 0)
            AddListings(_contents.TakeTurn(first), found, reserved: others);
    }

    public void ReadPage(FilePosition after, FileRows page)
    {
        Span<SortedEntry> items = stackalloc SortedEntry[page.Room + LookupPrefetcher.NamesAhead];
        items = items[..CopyAfter(after, items)];
        var rows = Math.Min(items.Length, page.Room);
        for (var i = 0; i < rows; i++)
        {
            _prefetcher.PrefetchNameAhead(items, i);
            ref readonly var item = ref items[i];
            page.Add(_owners[item.Owner].Number, _names.SpanOf(item.Name), _owners.IpOf(item.Owner), item.Port, IdentityOf(item.Entry));
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
            page.Add(_owners[item.Owner].Number, _names.SpanOf(item.Name), in _owners.EndingOf(item.Owner, item.Port));
        }
    }

    private int CopyAfter(FilePosition after, Span<SortedEntry> room) => _sorted.CopyAfter(PlaceOf(after.Name.Span, after.Owner), room);

    private void Relist(int number, in FileEntry entry)
    {
        LeaveListing(number);
        JoinListing(number, entry);
    }

    private FileIdentity? IdentityOf(int number) => _contents.IdentityOf(_listings[_entries[number].Listing].Content);

    private SortedEntry ItemOf(int number)
    {
        ref readonly var entry = ref _entries[number];
        return new(number, _listings[entry.Listing].Name, entry.Owner, _owners.PortOf(number));
    }

    private FileEntry Read(int number)
    {
        var name = FileName.Restore(_names[ItemOf(number).Name]);
        return new FileEntry(_owners[_entries[number].Owner].Number, name, AddressOf(number), IdentityOf(number));
    }

    private PeerAddress AddressOf(int number) => PeerAddress.Create(_owners.IpOf(_entries[number].Owner), _owners.PortOf(number));

    private int HandedLately(int number, int period) => _owners[_entries[number].Owner].HandedLately(period);

    private int LeastHanded(int listing, int period)
    {
        var first = _listings[listing].FirstEntry;
        var least = first;
        var candidate = _turns.Next(first);
        for (var i = 1; i < Candidates && candidate != first; i++, candidate = _turns.Next(candidate))
        {
            if (HandedLately(candidate, period) < HandedLately(least, period))
                least = candidate;
        }

        return least;
    }

    // The listings of a name but one, by their places among them; so many others come later.
    private void AddOthers(FileName name, int but, FileRows found, int from, int to, int later)
    {
        var place = 0;
        for (var listing = FirstListing(name); listing != 0 && place < to; listing = NextListing(listing))
        {
            if (listing != but && place++ >= from)
                AddTurns(listing, found, reserved: to - place + later);
        }
    }

    // Adds entries of a content under whatever name; the listing to begin with next time is the one where the room ended.
    private void AddListings(int content, FileRows found, int reserved)
    {
        var listing = _contents[content].FirstListing;
        var first = listing;
        do
        {
            AddTurns(listing, found, reserved);
            listing = _contents.NextListing(listing);
        }
        while (listing != first && found.Room > reserved);
        _contents[content].FirstListing = listing;
    }

    // Adds entries of a listing, but for so many rows that others still need (one it gets in any case). Those who have had their
    // turn go behind those who have not.
    private void AddTurns(int listing, FileRows found, int reserved)
    {
        var count = Math.Min(_listings[listing].Entries, Math.Min(found.Room, Math.Max(1, found.Room - reserved)));
        ref var next = ref _listings[listing].FirstEntry;
        for (; count > 0; count--, next = _turns.Next(next))
            found.Add(Read(next));
    }

    private int FirstListing(FileName name) => FirstNamed(name.Utf8.Span, _byName.First(SeededHash.Of(name.Utf8.Span)));

    private int NextListing(int listing) => FirstNamed(_names[_listings[listing].Name].Span, _byName.Next(listing));

    private int FirstNamed(ReadOnlySpan<byte> name, int listing)
    {
        while (listing != 0 && !_names[_listings[listing].Name].Span.SequenceEqual(name))
            listing = _byName.Next(listing);
        return listing;
    }

    private void JoinListing(int number, in FileEntry entry)
    {
        var content = _contents.NumberOf(entry.Identity);
        var listing = FirstListing(entry.Name);
        while (listing != 0 && _listings[listing].Content != content)
            listing = NextListing(listing);
        if (listing == 0)
            listing = AddListing(entry.Name.Utf8.Span, content);
        _entries[number].Listing = listing;
        _turns.Append(ref _listings[listing].FirstEntry, number);
        _listings[listing].Entries++;
    }

    private int AddListing(ReadOnlySpan<byte> name, int content)
    {
        var listing = _listings.Add(new Listing { Name = _names.Add(name), Content = content });
        _byName.Add(SeededHash.Of(name), listing);
        _contents.Join(listing);
        return listing;
    }

    private void Remove(int number)
    {
        var entry = _entries[number];
        _sorted.Remove(PlaceOf(_names[_listings[entry.Listing].Name].Span, _owners[entry.Owner].Number));
        _owners.Leave(number);
        LeaveListing(number);
        _entries.Remove(number);
        _entryCount--;
    }

    private void LeaveListing(int number)
    {
        var listing = _entries[number].Listing;
        _turns.Remove(ref _listings[listing].FirstEntry, number);
        if (--_listings[listing].Entries == 0)
            RemoveListing(listing);
    }

    private void RemoveListing(int number)
    {
        _contents.Leave(number);
        _byName.Remove(number);
        _names.Remove(_listings[number].Name);
        _listings.Remove(number);
    }

    private EntryKey PlaceOf(ReadOnlySpan<byte> name, long session) => new(_names, _owners, name, session);
}
