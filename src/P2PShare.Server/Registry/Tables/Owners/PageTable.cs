using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// The pages of the sessions, and which entries are in which. Lookups read nothing of it: an entry refers to its session, and its page is
/// known here, where a session has several.
/// </summary>
internal sealed class PageTable
{
    private readonly Slab<Entry> _entries;
    private readonly OwnerTable _owners;
    private readonly Slab<Page> _pages;
    private readonly IntrusiveRing<Page, Page.InOwnerRing> _ofOwner;
    private readonly IntrusiveRing<Entry, Entry.InPageRing> _inPage;

    // By the entry's number; null where each session has one page.
    private readonly ChunkedArray<int>? _byEntry;

    /// <param name="memory">Where the tables are.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="owners">The sessions.</param>
    /// <param name="isDivided">A session may have several pages.</param>
    public PageTable(TableMemory memory, Slab<Entry> entries, OwnerTable owners, bool isDivided)
    {
        (_entries, _owners) = (entries, owners);
        _pages = new Slab<Page>(memory);
        _ofOwner = new IntrusiveRing<Page, Page.InOwnerRing>(_pages);
        _inPage = new IntrusiveRing<Entry, Entry.InPageRing>(entries);
        _byEntry = isDivided ? new ChunkedArray<int>(memory) : null;
    }

    public ref Page this[int page] => ref _pages[page];

    /// <summary>The session of a page.</summary>
    public ref Owner OwnerOf(int page) => ref _owners[_pages[page].Owner];

    /// <summary>The page of an entry.</summary>
    public int Of(int entry) => _byEntry is null ? _owners[_entries[entry].Owner].FirstPage : _byEntry[entry];

    /// <summary>The next entry of the same page; the first one after the last.</summary>
    public int NextEntry(int entry) => _inPage.Next(entry);

    /// <summary>The next page of the same session; the first one after the last.</summary>
    public int Next(int page) => _ofOwner.Next(page);

    /// <summary>Adds a page without entries to a session.</summary>
    public int Add(int owner)
    {
        var page = _pages.Add(new Page { Owner = owner });
        _ofOwner.Append(ref _owners[owner].FirstPage, page);
        return page;
    }

    /// <summary>Removes a page without entries. Its session may have none left then.</summary>
    public void Remove(int page)
    {
        ref var owner = ref OwnerOf(page);
        if (owner.PageWithRoom == page)
            owner.PageWithRoom = 0;
        _ofOwner.Remove(ref owner.FirstPage, page);
        _pages.Remove(page);
    }

    public void AddEntry(int page, int entry)
    {
        _inPage.Append(ref _pages[page].FirstEntry, entry);
        _pages[page].Entries++;
        if (_byEntry is null)
            return;
        _byEntry.EnsureIndex(entry);
        _byEntry[entry] = page;
    }

    /// <summary>Takes the entry from its page, which may have none left then.</summary>
    public void RemoveEntry(int entry)
    {
        ref var page = ref _pages[Of(entry)];
        _inPage.Remove(ref page.FirstEntry, entry);
        page.Entries--;
    }
}
