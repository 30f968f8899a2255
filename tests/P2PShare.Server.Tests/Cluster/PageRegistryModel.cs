using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Tests.Cluster;

/// <summary>The plainest registry of pages: what is there is computed from the pages each time. For one thread.</summary>
/// <param name="itemsInPage">Items of one own page; few, so that a session has several pages.</param>
internal sealed class PageRegistryModel(int itemsInPage) : IClusterRegistry
{
    private readonly List<ModelPage> _own = [];
    private readonly SortedSet<int> _changed = [];
    private readonly Dictionary<long, long> _since = [];
    private readonly Dictionary<PageKey, (long Version, ModelPage Page)> _remote = [];
    private long _lastSince;

    /// <summary>The servers that are doubtful at the moment.</summary>
    public HashSet<int> Doubtful { get; } = [];

    /// <summary>How often pages of other servers were replaced or removed.</summary>
    public int Changes { get; private set; }

    /// <summary>The pages of other servers that are there.</summary>
    public IReadOnlyCollection<PageKey> RemotePages => _remote.Keys;

    public void Put(in FileEntry entry)
    {
        var (owner, name) = (entry.Owner, entry.Name);
        var number = _own.FindIndex(page => page.Session == owner && page.Rows.Exists(row => row.Name == name));
        if (number < 0)
            number = PageWithRoom(owner);
        _own[number].Rows.RemoveAll(row => row.Name == name);
        _own[number].Rows.Add(entry with { Name = name.ToOwned() });
        _changed.Add(number);
        if (entry.Identity is { } identity)
            RemovePart(owner, identity.Id);
    }

    public void Remove(long session, FileName name) => Change(session, page => page.Rows.RemoveAll(row => row.Name == name) > 0);

    public void PutPart(long session, FileId id, PeerAddress address)
    {
        if (_own.Exists(page => page.Session == session && page.Rows.Exists(row => row.Identity?.Id == id)))
            return;
        RemovePart(session, id);
        var number = PageWithRoom(session);
        _own[number].Parts.Add(id);
        _own[number].PartsAddress = address;
        _changed.Add(number);
    }

    public void RemovePart(long session, FileId id) => Change(session, page => page.Parts.Remove(id));

    public void RemoveAll(long session)
    {
        Change(session, page => page.Clear());
        _since.Remove(session);
    }

    public HashSet<SharedItem> Contents(IEnumerable<FileId> parts)
    {
        var found = new HashSet<SharedItem>();
        var newest = new Dictionary<(int Server, long Session, FileName Name), (long Version, FileEntry Entry)>();
        foreach (var page in _own)
            page.AddTo(found);
        foreach (var (key, (version, page)) in _remote)
        {
            foreach (var row in page.Rows)
            {
                var name = (key.Server, page.Session, row.Name);
                if (!newest.TryGetValue(name, out var other) || other.Version < version)
                    newest[name] = (version, row);
            }

            page.AddPartsTo(found);
        }

        foreach (var (_, entry) in newest.Values)
            found.Add(ModelPage.ItemOf(entry));
        return found;
    }

    public int TakeChanged(Span<int> pages)
    {
        var count = Math.Min(pages.Length, _changed.Count);
        for (var i = 0; i < count; i++)
        {
            pages[i] = _changed.Min;
            _changed.Remove(pages[i]);
        }

        return count;
    }

    public void MarkChanged(int page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(page, _own.Count);
        _changed.Add(page);
    }

    public void MarkAllChanged() => Mark(page => !page.IsEmpty);

    public void MarkSessionChanged(long session) => Mark(page => !page.IsEmpty && page.Session == session);

    public void Read(int page, RegistryPage content)
    {
        content.Clear();
        if (page < _own.Count && !_own[page].IsEmpty)
            _own[page].CopyTo(content, _since[_own[page].Session]);
    }

    public int Replace(PageKey key, long version, RegistryPage content)
    {
        if (_remote.TryGetValue(key, out var known) && known.Version >= version)
            return 0;
        Changes++;
        if (content.IsEmpty)
            _remote.Remove(key);
        else
            _remote[key] = (version, new ModelPage(content));
        _lastSince = Math.Max(_lastSince, content.Since);
        return 0;
    }

    public void Remove(PageKey key)
    {
        Changes++;
        _remote.Remove(key);
    }

    public void SetDoubtful(int server, bool isDoubtful)
    {
        if (isDoubtful)
            Doubtful.Add(server);
        else
            Doubtful.Remove(server);
    }

    private void Mark(Func<ModelPage, bool> isMeant)
    {
        for (var page = 0; page < _own.Count; page++)
        {
            if (isMeant(_own[page]))
                _changed.Add(page);
        }
    }

    private void Change(long session, Func<ModelPage, bool> change)
    {
        for (var page = 0; page < _own.Count; page++)
        {
            if (_own[page].Session == session && change(_own[page]))
                _changed.Add(page);
        }
    }

    private int PageWithRoom(long session)
    {
        if (_since.TryAdd(session, _lastSince + 1))
            _lastSince++;
        var number = _own.FindIndex(page => page.Session == session && !page.IsEmpty && page.Count < itemsInPage);
        if (number < 0)
            number = _own.FindIndex(page => page.IsEmpty);
        if (number < 0)
        {
            number = _own.Count;
            _own.Add(new ModelPage());
        }

        _own[number].Session = session;
        return number;
    }
}
