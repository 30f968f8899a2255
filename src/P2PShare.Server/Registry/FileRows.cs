using System.Buffers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>Rows read from a registry: copies, names included, so that they stay as they are once the registry's lock is gone.</summary>
/// <param name="capacity">The most rows it takes.</param>
internal sealed class FileRows(int capacity) : IDisposable
{
    private readonly Row[] _rows = ArrayPool<Row>.Shared.Rent(capacity);
    private byte[] _names = [];
    private int _namesLength;

    public int Count { get; private set; }

    /// <summary>How many rows it takes yet.</summary>
    public int Room => capacity - Count;

    /// <summary>Its name is valid until <see cref="Clear"/>.</summary>
    public FileEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref readonly var row = ref _rows[index];
            var name = FileName.Restore(_names.AsMemory(row.NameStart, row.NameLength));
            return new FileEntry(row.Owner, name, row.Address, row.Identity);
        }
    }

    public void Add(in FileEntry entry)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Room);
        var name = entry.Name.Utf8.Span;
        MakeRoomForName(name.Length);
        name.CopyTo(_names.AsSpan(_namesLength));
        _rows[Count++] = new Row(entry.Owner, _namesLength, name.Length, entry.Address, entry.Identity);
        _namesLength += name.Length;
    }

    public void Clear() => (Count, _namesLength) = (0, 0);

    public void Dispose()
    {
        Clear();
        ArrayPool<Row>.Shared.Return(_rows, clearArray: true);
        ArrayPool<byte>.Shared.Return(_names);
        _names = [];
    }

    private void MakeRoomForName(int length)
    {
        if (_names.Length - _namesLength >= length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_namesLength + length, 2 * _names.Length));
        _names.AsSpan(0, _namesLength).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_names);
        _names = larger;
    }

    // The name by its place, because its bytes move when the room for them grows.
    private readonly record struct Row(long Owner, int NameStart, int NameLength, PeerAddress Address, FileIdentity? Identity);
}
