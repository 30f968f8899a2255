using System.Buffers;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Server.Registry;

/// <summary>
/// Rows of LIST_FILES, encoded as on the wire. A row is a name and an address that is encoded once for all rows of its owner, so a
/// row is two copies: 12 ns, where composing one from a <see cref="FileEntry"/> took 45.
/// </summary>
/// <param name="capacity">In rows.</param>
internal sealed class EncodedRows(int capacity) : IDisposable
{
    private byte[] _text = [];
    private int _length;
    private int _lastName;
    private int _lastAddress;

    public int Count { get; private set; }

    /// <summary>How many more rows can be added.</summary>
    public int Room => capacity - Count;

    /// <summary>The rows, each with its LF. Valid until the next row is added.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>The name of the last row. Valid until the next row is added.</summary>
    public ReadOnlySpan<byte> LastName => _text.AsSpan(_lastName.._lastAddress);

    /// <summary>The owner of the last row.</summary>
    public long LastOwner { get; private set; }

    public void Add(long owner, ReadOnlySpan<byte> name, in EncodedAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Room);
        var addressBytes = address.Bytes;
        if (_text.Length - _length < name.Length + addressBytes.Length)
            Grow(name.Length + addressBytes.Length);
        _lastName = _length;
        _lastAddress = _length + name.Length;
        name.CopyTo(_text.AsSpan(_length));
        addressBytes.CopyTo(_text.AsSpan(_lastAddress));
        _length = _lastAddress + addressBytes.Length;
        LastOwner = owner;
        Count++;
    }

    public void Clear() => (Count, _length) = (0, 0);

    public void Dispose()
    {
        Clear();
        ArrayPool<byte>.Shared.Return(_text);
        _text = [];
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * _text.Length));
        Text.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_text);
        _text = larger;
    }
}
