using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;

namespace P2PShare.Server.Tests.Registry;

/// <summary>
/// The simplest correct registry: one list, scanned by every operation. <see cref="FileRegistryModelTests"/> compares with it.
/// </summary>
internal sealed class NaiveFileRegistry(TimeProvider time, ServerBounds bounds) : IFileRegistry
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<StoredEntry> _entries = [];
    private readonly Dictionary<(long Owner, FileId Id), PeerAddress> _parts = [];
    private readonly Dictionary<long, (int Count, int Period)> _requests = [];
    private long _served;

    public PutResult Put(in FileEntry entry)
    {
        var put = entry with { Name = entry.Name.ToOwned() };
        lock (_lock)
        {
            var index = _entries.FindIndex(stored => stored.Entry.Owner == put.Owner && stored.Entry.Name == put.Name);
            var replacesPart = put.Identity is { } identity && _parts.ContainsKey((put.Owner, identity.Id));
            if (index < 0 && !replacesPart && RoomFor(put.Owner) is not PutResult.Stored and var refusal)
                return refusal;
            if (replacesPart)
                _parts.Remove((put.Owner, put.Identity!.Value.Id));
            if (index >= 0)
                _entries.RemoveAt(index);
            _entries.Add(new StoredEntry(put) { LastServed = ++_served });
            return PutResult.Stored;
        }
    }

    public bool Remove(long owner, FileName name)
    {
        lock (_lock)
            return RemoveWhere(owner, stored => stored.Entry.Owner == owner && stored.Entry.Name == name) > 0;
    }

    public int RemoveAll(long owner)
    {
        lock (_lock)
            return RemoveWhere(owner, stored => stored.Entry.Owner == owner) + RemoveParts(owner);
    }

    public PutResult PutPart(long owner, FileId id, PeerAddress address)
    {
        lock (_lock)
        {
            if (_entries.Exists(stored => stored.Entry.Owner == owner && stored.Entry.Identity?.Id == id))
                return PutResult.Stored;
            if (!_parts.ContainsKey((owner, id)) && RoomFor(owner) is not PutResult.Stored and var refusal)
                return refusal;
            _parts[(owner, id)] = address;
            return PutResult.Stored;
        }
    }

    public bool RemovePart(long owner, FileId id)
    {
        lock (_lock)
            return _parts.Remove((owner, id));
    }

    public int FindPeers(FileId id, Span<FoundPeer> found)
    {
        List<PeerAddress> wholes, parts;
        lock (_lock)
        {
            wholes = [.. _entries.Where(stored => stored.Entry.Identity?.Id == id).Select(stored => stored.Entry.Address).Distinct()];
            parts = [.. _parts.Where(part => part.Key.Id == id).Select(part => part.Value).Distinct().Except(wholes)];
        }

        var peers = wholes.Concat(parts).Select((address, index) => new FoundPeer(new(address), index < wholes.Count)).ToArray();
        Random.Shared.Shuffle(peers);
        peers.AsSpan(0, Math.Min(peers.Length, found.Length)).CopyTo(found);
        return Math.Min(peers.Length, found.Length);
    }

    public EncodedAddress? Choose(FileName name)
    {
        lock (_lock)
        {
            var best = BestOwners(name).OrderBy(RecentRequests).ThenBy(stored => stored.LastServed).FirstOrDefault();
            if (best is null)
                return null;
            CountRequest(best);
            return new EncodedAddress(best.Entry.Address);
        }
    }

    public void Prefetch(ReadOnlySpan<byte> text, ReadOnlySpan<Range> names)
    {
        // Nothing to prefetch.
    }

    public void Find(FileName name, FileRows found)
    {
        lock (_lock)
            AddRows(_entries.Where(stored => stored.Entry.Name == name), found);
    }

    public void Find(FileId id, FileRows found)
    {
        lock (_lock)
            AddRows(_entries.Where(stored => stored.Entry.Identity?.Id == id), found);
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

    private List<FileEntry> EntriesAfter(FilePosition after, int max)
    {
        lock (_lock)
        {
            var rest = _entries.Select(stored => stored.Entry).Where(entry => IsAfter(entry, after));
            return [.. rest.OrderBy(entry => entry.Name).ThenBy(entry => entry.Owner).Take(max)];
        }
    }

    /// <summary>The owners of whom Choose may return any: those of the most agreed content with the fewest recent requests.</summary>
    public List<long> Choosable(FileName name)
    {
        var best = BestOwners(name);
        return [.. best.Where(stored => RecentRequests(stored) == best.Min(RecentRequests)).Select(stored => stored.Entry.Owner)];
    }

    /// <summary>Counts a request for an owner that another registry chose, so that both continue from the same state.</summary>
    public void CountRequest(FileName name, long owner) =>
        CountRequest(_entries.Single(stored => stored.Entry.Owner == owner && stored.Entry.Name == name));

    private static bool IsAfter(FileEntry entry, FilePosition position) =>
        entry.Name.Utf8.Span.SequenceCompareTo(position.Name.Span) switch
        {
            0 => entry.Owner > position.Owner,
            var order => order > 0,
        };

    private static int Agreement(IGrouping<FileIdentity?, StoredEntry> content) => content.Key is null ? 0 : content.Count();

    private List<StoredEntry> BestOwners(FileName name)
    {
        var contents = _entries.Where(stored => stored.Entry.Name == name).GroupBy(stored => stored.Entry.Identity).ToList();
        return [.. contents.Where(content => Agreement(content) == contents.Max(Agreement)).SelectMany(content => content)];
    }

    private int CurrentPeriod => (int)(time.GetElapsedTime(0) / Period);

    private int RecentRequests(StoredEntry stored) =>
        _requests.TryGetValue(stored.Entry.Owner, out var requests)
            ? requests.Count >> Math.Min(31, CurrentPeriod - requests.Period)
            : 0;

    private void CountRequest(StoredEntry stored)
    {
        _requests[stored.Entry.Owner] = (RecentRequests(stored) + 1, CurrentPeriod);
        stored.LastServed = ++_served;
    }

    // The most agreed content first, then one row of each other content while there is room; least recently served first.
    private void AddRows(IEnumerable<StoredEntry> matching, FileRows found)
    {
        var contents = matching.GroupBy(stored => stored.Entry.Identity)
            .OrderByDescending(Agreement).ThenBy(content => content.Max(stored => stored.LastServed)).ToList();
        if (contents.Count > 1)
            contents = [contents[0], .. contents.Skip(1).OrderBy(content => content.Max(stored => stored.LastServed))];
        for (var i = 0; i < contents.Count && found.Room > 0; i++)
        {
            var share = Math.Max(1, found.Room - (contents.Count - 1 - i));
            foreach (var stored in contents[i].OrderBy(stored => stored.LastServed).Take(Math.Min(share, found.Room)).ToList())
            {
                stored.LastServed = ++_served;
                found.Add(stored.Entry);
            }
        }
    }

    private PutResult RoomFor(long owner) =>
        _entries.Count + _parts.Count >= bounds.MaxFiles ? PutResult.RegistryFull
        : CountOf(owner) >= bounds.MaxFilesPerClient ? PutResult.OwnerFull
        : PutResult.Stored;

    private int CountOf(long owner) =>
        _entries.Count(stored => stored.Entry.Owner == owner) + _parts.Keys.Count(part => part.Owner == owner);

    private int RemoveParts(long owner) => _parts.Keys.Where(part => part.Owner == owner).ToList().Count(_parts.Remove);

    private int RemoveWhere(long owner, Predicate<StoredEntry> matches)
    {
        var removed = _entries.RemoveAll(matches);
        if (!_entries.Exists(stored => stored.Entry.Owner == owner))
            _requests.Remove(owner);
        return removed;
    }

    private sealed class StoredEntry(FileEntry entry)
    {
        public FileEntry Entry { get; } = entry;

        public long LastServed { get; set; }
    }
}
