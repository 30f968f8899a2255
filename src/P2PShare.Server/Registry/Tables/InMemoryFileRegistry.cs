using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// The server is a <c>TcpListener</c>, one Task per connection and a lock-guarded registry; this is the registry. One private lock
/// guards the table, and nothing happens under it but the table's own work.
/// </summary>
internal sealed class InMemoryFileRegistry : IFileRegistry
{
    // Some 50 µs of work: the longest that a lookup waits while an owner of a million files leaves.
    private const int RemovedPerLock = 16;

    // After each period, earlier requests count half as much.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly FileTable _files;

    /// <param name="time">The clock by which requests become old.</param>
    /// <param name="bounds">How many files it takes.</param>
    /// <param name="random">Chooses peers, used under the lock; null for one that the process shares.</param>
    /// <param name="pages">Bounds the pages that the registry is divided into; null for a registry without pages.</param>
    public InMemoryFileRegistry(TimeProvider time, ServerBounds bounds, Random? random = null, PageBounds? pages = null)
    {
        var table = new EntryTable(random ?? Random.Shared, pages, time);
        _time = time;
        _files = new FileTable(table, bounds.MaxFiles, bounds.MaxFilesPerClient, pages);
        Pages = pages is null ? null : new InMemoryPageRegistry(_files, table, _lock);
    }

    /// <summary>Null where the registry has no pages.</summary>
    public IPageRegistry? Pages { get; }

    /// <summary>How much it holds now.</summary>
    public RegistryCounts Counts
    {
        get
        {
            lock (_lock)
                return _files.Counts;
        }
    }

    public PutResult Put(in FileEntry entry)
    {
        lock (_lock)
            return _files.Put(entry);
    }

    public bool Remove(long owner, FileName name)
    {
        lock (_lock)
            return _files.Remove(owner, name);
    }

    public PutResult PutPart(long owner, FileId id, PeerAddress address)
    {
        lock (_lock)
            return _files.PutPart(owner, id, address);
    }

    public bool RemovePart(long owner, FileId id)
    {
        lock (_lock)
            return _files.RemovePart(owner, id);
    }

    public int FindPeers(FileId id, Span<FoundPeer> found)
    {
        lock (_lock)
            return _files.FindPeers(id, found);
    }

    public int RemoveAll(long owner)
    {
        var (total, removed) = (0, RemovedPerLock);
        for (; removed == RemovedPerLock; total += removed)
        {
            lock (_lock)
                removed = _files.RemoveSome(owner, RemovedPerLock);
        }

        return total;
    }

    public EncodedAddress? Choose(FileName name)
    {
        var period = (int)(_time.GetElapsedTime(0) / Period);
        lock (_lock)
            return _files.Choose(name, period);
    }

    public void Prefetch(ReadOnlySpan<byte> text, ReadOnlySpan<Range> names)
    {
        Span<uint> hashes = stackalloc uint[names.Length];
        for (var i = 0; i < names.Length; i++)
            hashes[i] = SeededHash.Of(text[names[i]]);
        lock (_lock)
        {
            foreach (var hash in hashes)
                _files.NoteLookup(hash);
        }
    }

    public void Find(FileName name, FileRows found)
    {
        lock (_lock)
            _files.Find(name, found);
    }

    public void Find(FileId id, FileRows found)
    {
        lock (_lock)
            _files.Find(id, found);
    }

    public void ReadPage(FilePosition after, FileRows page)
    {
        lock (_lock)
            _files.ReadPage(after, page);
    }

    public void ReadPage(FilePosition after, EncodedRows page)
    {
        lock (_lock)
            _files.ReadPage(after, page);
    }
}
