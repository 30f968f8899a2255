using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

/// <summary>The plainest registry that is right: one list, looked through from end to end for everything.</summary>
internal sealed class NaiveFileRegistry(TimeProvider time, ServerBounds bounds) : IFileRegistry
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<Kept> _entries = [];
    private readonly Dictionary<long, (int Count, int Period)> _handed = [];
    private long _turns;

    public string? Put(in FileEntry entry)
    {
        var put = entry with { Name = entry.Name.ToOwned() };
        lock (_lock)
        {
            var index = _entries.FindIndex(kept => kept.Entry.Owner == put.Owner && kept.Entry.Name == put.Name);
            if (index < 0 && _entries.Count >= bounds.MaxFiles)
                return "the server is full";
            if (index < 0 && _entries.Count(kept => kept.Entry.Owner == put.Owner) >= bounds.MaxFilesPerClient)
                return "too many files of one client";
            if (index >= 0)
                _entries.RemoveAt(index);
            _entries.Add(new Kept(put) { LastTurn = ++_turns });
            return null;
        }
    }

    public bool Remove(long owner, FileName name)
    {
        lock (_lock)
            return RemoveWhere(owner, kept => kept.Entry.Owner == owner && kept.Entry.Name == name) > 0;
    }

    public int RemoveAll(long owner)
    {
        lock (_lock)
            return RemoveWhere(owner, kept => kept.Entry.Owner == owner);
    }

    public EncodedAddress? Choose(FileName name)
    {
        lock (_lock)
        {
            var best = BestOwners(name).OrderBy(HandedLately).ThenBy(kept => kept.LastTurn).FirstOrDefault();
            if (best is null)
                return null;
            Hand(best);
            return new EncodedAddress(best.Entry.Address);
        }
    }

    public void Prefetch(ReadOnlySpan<byte> text, ReadOnlySpan<Range> names)
    {
        // Nothing of it is far away.
    }

    public void Find(FileName name, FileRows found)
    {
        lock (_lock)
            AddTurns(_entries.Where(kept => kept.Entry.Name == name), found);
    }

    public void Find(FileId id, FileRows found)
    {
        lock (_lock)
            AddTurns(_entries.Where(kept => kept.Entry.Identity?.Id == id), found);
    }

    public void ReadPage(FilePosition after, FileRows page)
    {
        foreach (var entry in EntriesAfter(after, page.Room))
            page.Add(entry);
    }

    public void ReadPage(FilePosition after, EncodedRows page)
    {
        foreach (var entry in EntriesAfter(after, page.Room))
            page.Add(entry.Owner, entry.Name.Utf8.Span, new EncodedAddress(entry.Address));
    }

    private List<FileEntry> EntriesAfter(FilePosition after, int most)
    {
        lock (_lock)
        {
            var rest = _entries.Select(kept => kept.Entry).Where(entry => IsAfter(entry, after));
            return [.. rest.OrderBy(entry => entry.Name).ThenBy(entry => entry.Owner).Take(most)];
        }
    }

    /// <summary>Those of whom Choose may name any: of the most agreed content, with the fewest requests lately.</summary>
    public List<long> Choosable(FileName name)
    {
        var best = BestOwners(name);
        return [.. best.Where(kept => HandedLately(kept) == best.Min(HandedLately)).Select(kept => kept.Entry.Owner)];
    }

    /// <summary>Another registry chose this owner: let both go on from there.</summary>
    public void Hand(FileName name, long owner) =>
        Hand(_entries.Single(kept => kept.Entry.Owner == owner && kept.Entry.Name == name));

    private static bool IsAfter(FileEntry entry, FilePosition position) =>
        entry.Name.Utf8.Span.SequenceCompareTo(position.Name.Span) switch
        {
            0 => entry.Owner > position.Owner,
            var order => order > 0,
        };

    private static int Agreement(IGrouping<FileIdentity?, Kept> content) => content.Key is null ? 0 : content.Count();

    private List<Kept> BestOwners(FileName name)
    {
        var contents = _entries.Where(kept => kept.Entry.Name == name).GroupBy(kept => kept.Entry.Identity).ToList();
        return [.. contents.Where(content => Agreement(content) == contents.Max(Agreement)).SelectMany(content => content)];
    }

    private int CurrentPeriod => (int)(time.GetElapsedTime(0) / Period);

    private int HandedLately(Kept kept) =>
        _handed.TryGetValue(kept.Entry.Owner, out var handed) ? handed.Count >> Math.Min(31, CurrentPeriod - handed.Period) : 0;

    private void Hand(Kept kept)
    {
        _handed[kept.Entry.Owner] = (HandedLately(kept) + 1, CurrentPeriod);
        kept.LastTurn = ++_turns;
    }

    // The content that most agree on first, and of each other one row, while there is room; who was named longest ago comes first.
    private void AddTurns(IEnumerable<Kept> matching, FileRows found)
    {
        var contents = matching.GroupBy(kept => kept.Entry.Identity)
            .OrderByDescending(Agreement).ThenBy(content => content.Max(kept => kept.LastTurn)).ToList();
        if (contents.Count > 1)
            contents = [contents[0], .. contents.Skip(1).OrderBy(content => content.Max(kept => kept.LastTurn))];
        for (var i = 0; i < contents.Count && found.Room > 0; i++)
        {
            var share = Math.Max(1, found.Room - (contents.Count - 1 - i));
            foreach (var kept in contents[i].OrderBy(kept => kept.LastTurn).Take(Math.Min(share, found.Room)).ToList())
            {
                kept.LastTurn = ++_turns;
                found.Add(kept.Entry);
            }
        }
    }

    private int RemoveWhere(long owner, Predicate<Kept> matches)
    {
        var removed = _entries.RemoveAll(matches);
        if (!_entries.Exists(kept => kept.Entry.Owner == owner))
            _handed.Remove(owner);
        return removed;
    }

    private sealed class Kept(FileEntry entry)
    {
        public FileEntry Entry { get; } = entry;

        public long LastTurn { get; set; }
    }
}
