using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// Divides sessions into pages, and notes which pages of this server have changed. Without bounds each session is a single page, and
/// nothing is noted.
/// </summary>
/// <param name="owners">The sessions.</param>
/// <param name="pages">Their pages.</param>
/// <param name="bounds">Null for a registry without pages.</param>
/// <param name="time">Says which of two sessions is newer.</param>
internal sealed class SessionPages(OwnerTable owners, PageTable pages, PageBounds? bounds, TimeProvider time)
{
    private readonly Queue<int> _changed = [];
    private readonly int _maxItems = bounds?.MaxItems ?? int.MaxValue;

    /// <summary>The sessions by address.</summary>
    public AddressRivals Rivals { get; } = new(owners.Records, time);

    /// <summary>Whether a session may have several pages.</summary>
    public bool AreDivided => bounds is not null;

    /// <summary>The page of this server that the session's next item goes into.</summary>
    public int PageFor(long session, PeerAddress address)
    {
        var owner = owners.NumberOf(session);
        if (owner == 0)
            return Add(session, address, since: 0);
        var page = owners[owner].PageWithRoom is not 0 and var withRoom ? withRoom : owners[owner].FirstPage;
        if (pages[page].Items < _maxItems)
            return page;
        page = pages.Add(owner);
        owners[owner].PageWithRoom = page;
        return page;
    }

    /// <summary>Adds a page to a session, which is added where it has none.</summary>
    /// <param name="session">The session's number.</param>
    /// <param name="address">Its address.</param>
    /// <param name="since">See <see cref="RegistryPage.Since"/>; 0 for a session of this server that begins now.</param>
    public int Add(long session, PeerAddress address, long since)
    {
        var owner = owners.NumberOf(session);
        if (owner == 0)
        {
            owner = owners.Add(session, address);
            if (AreDivided)
                Rivals.Add(owner, address.Ip, since);
        }

        return pages.Add(owner);
    }

    /// <summary>Notes that the page of an item changed, where it is a page of this server.</summary>
    public void NoteChange(int page)
    {
        if (!AreDivided || pages[page].IsChanged || PageKey.ServerOf(pages.OwnerOf(page).Number) != 0)
            return;
        pages[page].IsChanged = true;
        _changed.Enqueue(page);
    }

    /// <summary>An item was removed from the page.</summary>
    public void NoteRemoval(int page)
    {
        NoteChange(page);
        if (pages[page].Items > 0)
            pages.OwnerOf(page).PageWithRoom = page;
        else
            RemoveUnused(page);
    }

    /// <summary>Removes a page without items that no other server has, and its session where that was the last page.</summary>
    public void RemoveUnused(int page)
    {
        if (pages[page].Items > 0 || pages[page].Version > 0)
            return;
        var owner = pages[page].Owner;
        pages.Remove(page);
        if (owners[owner].FirstPage != 0)
            return;
        if (AreDivided)
            Rivals.Remove(owner, owners.IpOf(owner));
        owners.Remove(owner);
    }

    /// <summary>One of the session's entries, or 0.</summary>
    public int FirstEntryOf(long session)
    {
        var owner = owners.NumberOf(session);
        if (owner == 0 || owners[owner].Entries == 0)
            return 0;

        // While all entries are removed one by one, it is in the page that the last one was removed from.
        var page = owners[owner].PageWithRoom is not 0 and var last ? last : owners[owner].FirstPage;
        while (pages[page].FirstEntry == 0)
            page = pages.Next(page);
        return pages[page].FirstEntry;
    }

    /// <inheritdoc cref="IPageRegistry.TakeChanged"/>
    public int TakeChanged(Span<int> taken)
    {
        var count = 0;
        while (count < taken.Length && _changed.TryDequeue(out var page))
        {
            pages[page].IsChanged = false;
            taken[count++] = page;
        }

        return count;
    }

    /// <summary>Notes a page as changed that may have been removed since, whose number may be that of another one.</summary>
    public void MarkChanged(int page)
    {
        if (pages[page].Owner == 0 || PageKey.ServerOf(pages.OwnerOf(page).Number) != 0)
            _changed.Enqueue(page);
        else
            NoteChange(page);
    }

    /// <summary>Notes all pages of this server as changed.</summary>
    public void MarkAllChanged()
    {
        foreach (var session in owners.Sessions)
            MarkSessionChanged(session);
    }

    /// <summary>Notes all pages of a session as changed.</summary>
    public void MarkSessionChanged(long session)
    {
        var owner = owners.NumberOf(session);
        if (owner == 0)
            return;
        var first = owners[owner].FirstPage;
        var page = first;
        do
        {
            NoteChange(page);
            page = pages.Next(page);
        }
        while (page != first);
    }
}
