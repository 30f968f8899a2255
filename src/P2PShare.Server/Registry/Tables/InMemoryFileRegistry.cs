using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The registry of a running server. One lock, private to it, guards the table; nothing happens under it but the table's own work.</summary>
/// <param name="time">Says what is lately.</param>
/// <param name="bounds">How much it takes.</param>
internal sealed class InMemoryFileRegistry(TimeProvider time, ServerBounds bounds) : IFileRegistry
{
    // Some 50 µs of work: so long may a lookup have to wait while an owner of a million files leaves.
    private const int RemovedAtOnce = 16;

    // Each such period makes the requests that were handed out before count half as much.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly FileTable _files = new(bounds.MaxFiles, bounds.MaxFilesPerClient);

    public string? Put(in FileEntry entry)
    {
        lock (_lock)
            return _files.Put(entry);
    }

    public bool Remove(long owner, FileName name)
    {
        lock (_lock)
            return _files.Remove(owner, name);
    }

    public int RemoveAll(long owner)
    {
        var (total, removed) = (0, RemovedAtOnce);
        for (; removed == RemovedAtOnce; total += removed)
        {
            lock (_lock)
                removed = _files.RemoveSome(owner, RemovedAtOnce);
        }

        return total;
    }

    public EncodedAddress? Choose(FileName name)
    {
        var period = (int)(time.GetElapsedTime(0) / Lately);
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
                _files.Prefetch(hash);
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
