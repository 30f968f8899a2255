using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>
/// Which page counts which part. A part stays here while its session has the whole content, where it comes from another server: the page
/// that removes it may arrive later than the page that has the whole.
/// </summary>
internal sealed class PartPages
{
    private readonly Dictionary<(long Session, FileId Id), Part> _parts = [];
    private readonly Dictionary<int, List<FileId>> _byPage = [];

    /// <summary>Null where no page counts this part.</summary>
    public Part? Find(long session, FileId id) => _parts.TryGetValue((session, id), out var part) ? part : null;

    public IReadOnlyList<FileId> Of(int page) => _byPage.GetValueOrDefault(page) ?? (IReadOnlyList<FileId>)[];

    /// <summary>Adds a part, or moves it to another page.</summary>
    public void Put(long session, FileId id, Part part)
    {
        if (_parts.TryGetValue((session, id), out var before) && before.Page != part.Page)
            Unlink(before.Page, id);
        if (before.Page != part.Page)
            Link(part.Page, id);
        _parts[(session, id)] = part;
    }

    /// <summary>False where no page counts this part.</summary>
    public bool Remove(long session, FileId id, out Part removed)
    {
        if (!_parts.Remove((session, id), out removed))
            return false;
        Unlink(removed.Page, id);
        return true;
    }

    private void Link(int page, FileId id)
    {
        if (!_byPage.TryGetValue(page, out var ids))
            _byPage.Add(page, ids = []);
        ids.Add(id);
    }

    private void Unlink(int page, FileId id)
    {
        var ids = _byPage[page];
        ids.Remove(id);
        if (ids.Count == 0)
            _byPage.Remove(page);
    }

    /// <param name="Page">The page that counts it.</param>
    /// <param name="Port">Where it is served.</param>
    public readonly record struct Part(int Page, ushort Port);
}
