using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// Divides sessions into pages, and notes which pages of this server have changed. Without bounds each session is a single page, and
/// nothing is noted.
/// </summary>
/// <param name="owners">The pages.</param>
/// <param name="bounds">Null for a registry without pages.</param>
/// <param name="time">Says which of two sessions is newer.</param>
internal sealed class SessionPages(OwnerTable owners, PageBounds? bounds, TimeProvider time)
{
    private readonly IntrusiveRing<Owner, Owner.InSessionRing> _pages = new(owners.Records);
    private readonly Queue<int> _changed = [];
    private readonly int _maxItems = bounds?.MaxItems ?? int.MaxValue;

    /// <summary>The sessions by address.</summary>
    public AddressRivals Rivals { get; } = new(owners.Records, time);

    public bool IsPaged => bounds is not null;

    /// <summary>The page of this server that the session's next item goes into.</summary>
    public int PageFor(long session, PeerAddress address)
    {
        var head = owners.NumberOf(session);
        if (head == 0)
            return AddHead(session, address, since: 0);
        if (!IsPaged)
            return head;
        var page = owners[head].PageWithRoom is not 0 and var withRoom ? withRoom : head;
        if (owners[page].Items < _maxItems)
            return page;
        page = AddPage(session, address);
        owners[head].PageWithRoom = page;
        return page;
    }

    /// <summary>Adds a page of a session of another server.</summary>
    public int Add(long session, PeerAddress address, long since)
    {
        var head = owners.NumberOf(session);
        return head == 0 ? AddHead(session, address, since) : AddPage(session, address);
    }

    /// <summary>Notes that the page of an item changed, where it is a page of this server.</summary>
    public void NoteChange(int page)
    {
        ref var owner = ref owners[page];
        if (!IsPaged || owner.IsChanged || PageKey.ServerOf(owner.Number) != 0)
            return;
        owner.IsChanged = true;
        _changed.Enqueue(page);
    }

    /// <summary>An item was removed from the page.</summary>
    public void NoteRemoval(int page)
    {
        NoteChange(page);
        if (owners[page].Items > 0)
            owners.HeadOf(page).PageWithRoom = page;
        else
            RemoveUnused(page);
    }

    /// <summary>Removes a page without items that no other server has, and its session where that was the last page.</summary>
    public void RemoveUnused(int page)
    {
        var head = owners[page].Head;
        if (page != head && IsUnused(page))
            RemovePage(page, head);
        if (IsUnused(head) && _pages.Next(head) == head)
            RemoveHead(head);
    }

    /// <summary>One of the session's entries, or 0.</summary>
    public int FirstEntryOf(long session)
    {
        var head = owners.NumberOf(session);
        if (head == 0 || owners[head].SessionEntries == 0)
            return 0;

        // While all entries are removed one by one, it is in the page that the last one was removed from.
        var page = owners[head].PageWithRoom is not 0 and var last ? last : head;
        while (owners[page].FirstEntry == 0)
            page = _pages.Next(page);
        return owners[page].FirstEntry;
    }

    /// <inheritdoc cref="IPageRegistry.TakeChanged"/>
    public int TakeChanged(Span<int> pages)
    {
        var count = 0;
        while (count < pages.Length && _changed.TryDequeue(out var page))
        {
            owners[page].IsChanged = false;
            pages[count++] = page;
        }

        return count;
    }

    /// <summary>Notes a page as changed that may have been removed since, whose number may be that of another one.</summary>
    public void MarkChanged(int page)
    {
        if (owners[page].Number == 0 || PageKey.ServerOf(owners[page].Number) != 0)
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
        var head = owners.NumberOf(session);
        if (head == 0)
            return;
        var page = head;
        do
        {
            NoteChange(page);
            page = _pages.Next(page);
        }
        while (page != head);
    }

    private bool IsUnused(int page) => owners[page].Items == 0 && owners[page].Version == 0;

    private int AddHead(long session, PeerAddress address, long since)
    {
        var head = owners.Add(session, address);
        var first = 0;
        _pages.Append(ref first, head);
        if (IsPaged)
            Rivals.Add(head, address.Ip, since);
        return head;
    }

    private int AddPage(long session, PeerAddress address)
    {
        var page = owners.Add(session, address);
        var head = owners[page].Head;
        _pages.Append(ref head, page);
        return page;
    }

    private void RemovePage(int page, int head)
    {
        if (owners[head].PageWithRoom == page)
            owners[head].PageWithRoom = 0;
        var first = head;
        _pages.Remove(ref first, page);
        owners.Remove(page);
    }

    private void RemoveHead(int head)
    {
        if (IsPaged)
            Rivals.Remove(head, owners.IpOf(head));
        owners.Remove(head);
    }
}
