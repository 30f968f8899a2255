using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables.Owners;

namespace P2PShare.Server.Registry.Tables;

/// <summary>Applies the pages of other servers, as <see cref="IPageRegistry"/> says, for one thread at a time.</summary>
/// <param name="table">The entries.</param>
/// <param name="parts">The parts.</param>
/// <param name="prefetcher">Prefetches for the names of a new page.</param>
/// <param name="maxOfAll">Entries and parts of all servers.</param>
internal sealed class RemotePages(EntryTable table, PartTable parts, LookupPrefetcher prefetcher, int maxOfAll)
{
    private readonly Dictionary<PageKey, int> _pages = [];

    // Used again for each page.
    private readonly HashSet<int> _kept = [];
    private readonly HashSet<FileId> _keptParts = [];
    private readonly List<int> _gone = [];
    private readonly List<FileId> _goneParts = [];

    /// <summary>Servers that have not been heard of for some time.</summary>
    public DoubtfulServers Doubt { get; } = new();

    /// <summary>The entries of all other servers.</summary>
    public int Entries { get; private set; }

    /// <inheritdoc cref="IPageRegistry.Replace"/>
    public int Replace(PageKey key, long version, RegistryPage content)
    {
        if (content.IsEmpty)
        {
            Remove(key);
            return 0;
        }

        var page = PageOf(key, content);
        if (table.Pages[page].Version >= version)
            return 0;
        var isNew = table.Pages[page].Version == 0;
        table.Pages[page].Version = version;
        if (isNew)
            Prefetch(content.Rows);
        var leftOut = ApplyRows(page, isNew, version, content.Rows) + ApplyParts(page, content);
        RemoveOtherRows(page);
        RemoveOtherParts(page);
        return leftOut;
    }

    /// <inheritdoc cref="IPageRegistry.Remove"/>
    public void Remove(PageKey key)
    {
        if (!_pages.Remove(key, out var page))
            return;
        _kept.Clear();
        RemoveOtherRows(page);
        _keptParts.Clear();
        RemoveOtherParts(page);
        table.Pages[page].Version = 0;
        table.Sessions.RemoveUnused(page);
    }

    // The server may have used the number for another session meanwhile.
    private int PageOf(PageKey key, RegistryPage content)
    {
        var session = PageKey.SessionOf(key.Server, content.Owner);
        if (_pages.TryGetValue(key, out var page) && table.Pages.OwnerOf(page).Number == session)
            return page;
        Remove(key);
        page = table.Sessions.Add(session, content.Rows.Count > 0 ? content.Rows[0].Address : content.PartsAddress, content.Since);
        _pages.Add(key, page);
        return page;
    }

    private void Prefetch(FileRows rows)
    {
        for (var i = 0; i < rows.Count; i++)
            prefetcher.Note(SeededHash.Of(rows[i].Name.Utf8.Span));
        prefetcher.Prefetch();
    }

    private int ApplyRows(int page, bool isNew, long version, FileRows rows)
    {
        var (session, leftOut) = (table.Pages.OwnerOf(page).Number, 0);
        _kept.Clear();
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];

            // Most names of a new page are new: the index by name tells so sooner than the sorted order.
            var entry = isNew && table.ByName.First(row.Name) == 0 ? 0 : table.Find(row.Name.Utf8.Span, session);
            if (entry == 0)
                leftOut += TryAdd(page, row) ? 0 : 1;
            else if (IsOfNewerPage(entry, page, version))
                continue;
            else
                Update(entry, page, row);
            if (entry != 0)
                _kept.Add(entry);
        }

        return leftOut;
    }

    private bool IsOfNewerPage(int entry, int page, long version) =>
        table.Pages.Of(entry) is var other && other != page && table.Pages[other].Version > version;

    private bool TryAdd(int page, in FileEntry row)
    {
        if (table.Count + parts.Count >= maxOfAll)
            return false;
        _kept.Add(table.Add(page, row.Name, row.Address.Port, row.Identity));
        Entries++;
        return true;
    }

    private void Update(int entry, int page, in FileEntry row)
    {
        if (table.Pages.Of(entry) != page)
            table.Move(entry, page);
        var before = table.IdentityOf(entry);
        table.Replace(entry, row.Name, row.Address.Port, row.Identity);
        if (before is { } identity && before != row.Identity)
            parts.Restore(table.Pages[page].Owner, identity.Id);
    }

    private void RemoveOtherRows(int page)
    {
        _gone.Clear();
        var entry = table.Pages[page].FirstEntry;
        for (var left = table.Pages[page].Entries; left > 0; left--, entry = table.Pages.NextEntry(entry))
        {
            if (!_kept.Contains(entry))
                _gone.Add(entry);
        }

        foreach (var gone in _gone)
        {
            var identity = table.IdentityOf(gone);
            table.Remove(gone);
            Entries--;
            if (identity is { } known)
                parts.Restore(table.Pages[page].Owner, known.Id);
        }
    }

    private int ApplyParts(int page, RegistryPage content)
    {
        var (session, leftOut) = (table.Pages.OwnerOf(page).Number, 0);
        _keptParts.Clear();
        foreach (var id in content.Parts)
        {
            if (table.Count + parts.Count >= maxOfAll)
            {
                leftOut++;
                continue;
            }

            parts.Claim(session, id, page, content.PartsAddress);
            _keptParts.Add(id);
        }

        return leftOut;
    }

    private void RemoveOtherParts(int page)
    {
        _goneParts.Clear();
        foreach (var id in parts.Of(page))
        {
            if (!_keptParts.Contains(id))
                _goneParts.Add(id);
        }

        foreach (var id in _goneParts)
            parts.Unclaim(table.Pages.OwnerOf(page).Number, id);
    }
}
