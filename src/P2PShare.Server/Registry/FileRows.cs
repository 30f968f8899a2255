using System.Buffers;
using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>Copies of entries, names included, which stay valid after the registry's lock is released.</summary>
/// <param name="capacity">In rows.</param>
internal sealed class FileRows(int capacity) : IDisposable
{
    private readonly Row[] _rows = ArrayPool<Row>.Shared.Rent(capacity);
    private readonly FileIdentity?[] _identities = ArrayPool<FileIdentity?>.Shared.Rent(capacity);
    private byte[] _names = [];
    private int _namesLength;

    public int Count { get; private set; }

    /// <summary>How many more rows can be added.</summary>
    public int Room => capacity - Count;

    /// <summary>The row. Its name is valid until <see cref="Clear"/>.</summary>
    public FileEntry this[int index]
    {
        get
        {
            ref readonly var row = ref RowAt(index);
            var name = FileName.FromValidatedUtf8(_names.AsMemory(row.NameStart, row.NameLength));
            return new FileEntry(row.Owner, name, PeerAddress.Create(row.Ip, row.Port), _identities[index]);
        }
    }

    public void Add(in FileEntry entry) => Add(entry.Owner, entry.Name.Utf8.Span, entry.Address.Ip, entry.Address.Port, entry.Identity);

    public void Add(long owner, ReadOnlySpan<byte> name, IPAddress ip, int port, in FileIdentity? identity)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Room);
        EnsureRoomForName(name.Length);
        name.CopyTo(_names.AsSpan(_namesLength));
        _identities[Count] = identity;
        ref var row = ref _rows[Count++];
        (row.Owner, row.Ip, row.Port) = (owner, ip, (ushort)port);
        (row.NameStart, row.NameLength) = (_namesLength, (ushort)name.Length);
        _namesLength += name.Length;
    }

    public void Clear() => (Count, _namesLength) = (0, 0);

    public void Dispose()
    {
        Clear();
        ArrayPool<Row>.Shared.Return(_rows, clearArray: true);
        ArrayPool<FileIdentity?>.Shared.Return(_identities);
        ArrayPool<byte>.Shared.Return(_names);
        _names = [];
    }

    private void EnsureRoomForName(int bytes)
    {
        if (_names.Length - _namesLength >= bytes)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_namesLength + bytes, 2 * _names.Length));
        _names.AsSpan(0, _namesLength).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_names);
        _names = larger;
    }

    private ref readonly Row RowAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return ref _rows[index];
    }

    // The name by its offset, because growing moves the bytes.
    private struct Row
    {
        public long Owner;
        public IPAddress Ip;
        public int NameStart;
        public ushort NameLength;
        public ushort Port;
    }
}
