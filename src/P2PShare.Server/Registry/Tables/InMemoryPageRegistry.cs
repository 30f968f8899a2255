using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The pages of an <see cref="InMemoryFileRegistry"/>.</summary>
/// <param name="files">What the registry holds.</param>
/// <param name="table">Its entries.</param>
/// <param name="gate">The registry's lock.</param>
internal sealed class InMemoryPageRegistry(FileTable files, EntryTable table, Lock gate) : IPageRegistry
{
    public int TakeChanged(Span<int> pages)
    {
        lock (gate)
            return files.Sessions.TakeChanged(pages);
    }

    public void MarkChanged(int page)
    {
        lock (gate)
            files.Sessions.MarkChanged(page);
    }

    public void MarkAllChanged()
    {
        lock (gate)
            files.Sessions.MarkAllChanged();
    }

    public void MarkSessionChanged(long session)
    {
        lock (gate)
            files.Sessions.MarkSessionChanged(session);
    }

    public void Read(int page, RegistryPage content)
    {
        content.Clear();
        lock (gate)
            ReadLocked(page, content);
    }

    public int Replace(PageKey key, long version, RegistryPage content)
    {
        lock (gate)
            return files.Remote.Replace(key, version, content);
    }

    public void Remove(PageKey key)
    {
        lock (gate)
            files.Remote.Remove(key);
    }

    public void SetDoubtful(int server, bool isDoubtful)
    {
        lock (gate)
            files.Remote.Doubt.Set(server, isDoubtful);
    }

    // The number may be that of a page of another server, where the page that had it has been removed.
    private void ReadLocked(int page, RegistryPage content)
    {
        var (owners, pages, owner) = (table.Owners, table.Pages, table.Pages[page].Owner);
        if (owner == 0 || PageKey.ServerOf(owners[owner].Number) != 0)
            return;
        var (session, ip) = (owners[owner].Number, owners.IpOf(owner));
        (content.Owner, content.Since) = (session, owners[owner].Since);
        var entry = pages[page].FirstEntry;
        for (var left = pages[page].Entries; left > 0; left--, entry = pages.NextEntry(entry))
            content.Rows.Add(session, table.NameOf(entry), ip, owners.PortOf(entry), table.IdentityOf(entry));
        foreach (var id in files.Parts.Of(page))
        {
            content.Parts.Add(id);
            content.PartsAddress = PeerAddress.Create(ip, files.Parts.PortOf(session, id));
        }
    }
}
