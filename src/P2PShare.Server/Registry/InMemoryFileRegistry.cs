using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>The plainest registry that is right.</summary>
internal sealed class InMemoryFileRegistry : IFileRegistry
{
    private readonly Lock _lock = new();
    private readonly List<FileEntry> _entries = [];

    public void Put(in FileEntry entry)
    {
        var kept = entry with { Name = entry.Name.ToOwned() };
        lock (_lock)
        {
            _entries.RemoveAll(e => e.Owner == kept.Owner && e.Name == kept.Name);
            _entries.Add(kept);
        }
    }

    public bool Remove(long owner, FileName name)
    {
        lock (_lock)
            return _entries.RemoveAll(e => e.Owner == owner && e.Name == name) > 0;
    }

    public int RemoveAll(long owner)
    {
        lock (_lock)
            return _entries.RemoveAll(e => e.Owner == owner);
    }

    public PeerAddress? Choose(FileName name)
    {
        lock (_lock)
        {
            var index = _entries.FindIndex(e => e.Name == name);
            if (index < 0)
                return null;
            var chosen = _entries[index];
            _entries.RemoveAt(index);
            _entries.Add(chosen);
            return chosen.Address;
        }
    }

    public void Find(FileName name, FileRows found) => Find(found, e => e.Name == name);

    public void Find(FileId id, FileRows found) => Find(found, e => e.Identity?.Id == id);

    public void ReadPage(FilePosition after, FileRows page)
    {
        lock (_lock)
        {
            var rest = _entries.Where(e => IsAfter(e, after)).OrderBy(e => e.Name).ThenBy(e => e.Owner).Take(page.Room).ToList();
            foreach (var entry in rest)
                page.Add(entry);
        }
    }

    private static bool IsAfter(FileEntry entry, FilePosition position) =>
        entry.Name.Utf8.Span.SequenceCompareTo(position.Name.Span) switch
        {
            0 => entry.Owner > position.Owner,
            var order => order > 0,
        };

    private void Find(FileRows found, Predicate<FileEntry> matches)
    {
        lock (_lock)
        {
            foreach (var entry in _entries.FindAll(matches).Take(found.Room))
                found.Add(entry);
        }
    }
}
