using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Tables;
using P2PShare.Server.Tests.Cluster;

namespace P2PShare.Simulation.Cluster;

/// <summary>The registry of the program, in the place of its model.</summary>
internal sealed class RealRegistry : IClusterRegistry
{
    private const int MaxFiles = 1_000_000;
    private const int ItemsInPage = 3;
    private const int RowsInPage = 512;
    private const int MaxPeers = 256;

    private readonly IFileRegistry _files;
    private readonly IPageRegistry _pages;

    private RealRegistry(IFileRegistry files, IPageRegistry pages) => (_files, _pages) = (files, pages);

    public static RealRegistry Create(TimeProvider time)
    {
        var files = new InMemoryFileRegistry(time, ServerBounds.Default, new Random(1), new PageBounds(MaxFiles, ItemsInPage));
        return new RealRegistry(files, files.Pages!);
    }

    public void Put(in FileEntry entry) => Require(_files.Put(entry));

    public void Remove(long session, FileName name) => _files.Remove(session, name);

    public void PutPart(long session, FileId id, PeerAddress address) => Require(_files.PutPart(session, id, address));

    public void RemovePart(long session, FileId id) => _files.RemovePart(session, id);

    public void RemoveAll(long session) => _files.RemoveAll(session);

    public HashSet<SharedItem> Contents(IEnumerable<FileId> parts)
    {
        var items = new HashSet<SharedItem>();
        using var page = new FileRows(RowsInPage);
        var position = FilePosition.Start;
        do
        {
            page.Clear();
            _files.ReadPage(position, page);
            for (var i = 0; i < page.Count; i++)
            {
                items.Add(ModelPage.ItemOf(page[i]));
                position = new FilePosition(page[i].Name.ToOwned().Utf8, page[i].Owner);
            }
        }
        while (page.Room == 0);

        var found = new FoundPeer[MaxPeers];
        foreach (var id in parts)
        {
            foreach (var peer in found[.._files.FindPeers(id, found)].Where(peer => !peer.IsWhole))
                items.Add(new SharedItem(peer.Address.Address, "", id));
        }

        return items;
    }

    public int TakeChanged(Span<int> pages) => _pages.TakeChanged(pages);

    public void MarkChanged(int page) => _pages.MarkChanged(page);

    public void MarkAllChanged() => _pages.MarkAllChanged();

    public void MarkSessionChanged(long session) => _pages.MarkSessionChanged(session);

    public void Read(int page, RegistryPage content) => _pages.Read(page, content);

    public int Replace(PageKey key, long version, RegistryPage content) => _pages.Replace(key, version, content);

    public void Remove(PageKey key) => _pages.Remove(key);

    public void SetDoubtful(int server, bool isDoubtful) => _pages.SetDoubtful(server, isDoubtful);

    private static void Require(PutResult result)
    {
        if (result != PutResult.Stored)
            throw new InvariantViolationException($"the registry answered {result}");
    }
}
