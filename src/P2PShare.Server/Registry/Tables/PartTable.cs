using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Tables.Owners;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// The parts of all sessions: they are in their swarms, and in a registry with pages also in a page. A part of a session of another server
/// stays in its page while the session has the whole content.
/// </summary>
internal sealed class PartTable(EntryTable table)
{
    private readonly PartPages? _pages = table.Sessions.AreDivided ? new() : null;
    private int _own;

    /// <summary>The parts of all sessions.</summary>
    public int Count => table.Swarms.Parts.Count;

    /// <summary>The parts of this server's sessions.</summary>
    public int OwnCount => _pages is null ? Count : _own;

    public int CountOf(long session) => table.Swarms.Parts.CountOf(session);

    /// <summary>The parts in a page.</summary>
    public IReadOnlyList<FileId> Of(int page) => _pages!.Of(page);

    /// <summary>The port at which a part in a page is served.</summary>
    public int PortOf(long session, FileId id) => _pages!.Find(session, id)!.Value.Port;

    /// <summary>
    /// Adds a part of a session of this server, or changes its address. Does nothing where the session has the whole content.
    /// </summary>
    public void Put(long session, FileId id, PeerAddress address)
    {
        table.Peers.PutPart(id, session, new EncodedAddress(address));
        if (_pages is null || !table.Peers.HasPart(id, session))
            return;
        var isNew = _pages.Find(session, id) is null;
        var page = _pages.Find(session, id)?.Page ?? table.Sessions.PageFor(session, address);
        Claim(session, id, page, address.Port);
        table.Sessions.NoteChange(page);
        if (isNew)
            _own++;
    }

    /// <summary>False where the session has no part of this content.</summary>
    public bool Remove(long session, FileId id)
    {
        if (!table.Peers.RemovePart(id, session))
            return false;
        NoteWhole(session, id);
        return true;
    }

    /// <summary>Removes one of the session's parts. False where it has none.</summary>
    public bool TryRemoveAny(long session) => table.Swarms.AnyPartOf(session) is { } id && Remove(session, id);

    /// <summary>A session of this server has the whole content now, and no part of it any more.</summary>
    public void NoteWhole(long session, FileId id)
    {
        if (_pages is null || !Release(session, id, out var page))
            return;
        _own--;
        table.Sessions.NoteRemoval(page);
    }

    /// <summary>Puts a part of a session of another server into a page, unless a page with a higher version has it.</summary>
    public void Claim(long session, FileId id, int page, PeerAddress address)
    {
        if (_pages!.Find(session, id) is { } known && known.Page != page
            && table.Pages[known.Page].Version > table.Pages[page].Version)
            return;
        Claim(session, id, page, address.Port);
        table.Peers.PutPart(id, session, new EncodedAddress(address));
    }

    /// <summary>Removes a part of a session of another server from its page.</summary>
    public void Unclaim(long session, FileId id)
    {
        Release(session, id, out _);
        table.Peers.RemovePart(id, session);
    }

    /// <summary>A session of another server has the whole content under a name less: it may have a part of it that counts again.</summary>
    public void Restore(int owner, FileId id)
    {
        var session = table.Owners[owner].Number;
        if (_pages!.Find(session, id) is { } part && !table.Peers.Contains(id, session))
            table.Peers.PutPart(id, session, new EncodedAddress(PeerAddress.Create(table.Owners.IpOf(owner), part.Port)));
    }

    private void Claim(long session, FileId id, int page, int port)
    {
        if (_pages!.Find(session, id) is not { } known)
        {
            table.Pages[page].Parts++;
        }
        else if (known.Page != page)
        {
            table.Pages[known.Page].Parts--;
            table.Pages[page].Parts++;
        }

        _pages.Put(session, id, new PartPages.Part(page, (ushort)port));
    }

    private bool Release(long session, FileId id, out int page)
    {
        page = 0;
        if (!_pages!.Remove(session, id, out var part))
            return false;
        page = part.Page;
        table.Pages[page].Parts--;
        return true;
    }
}
