using System.Buffers.Binary;
using System.Net;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>Writes the fields of a message one after the other, little endian. Used again for one message after the other.</summary>
/// <param name="capacity">Bytes of the longest message.</param>
internal sealed class MessageWriter(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _length;

    /// <summary>The message. Valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void WriteByte(int value) => Take(1)[0] = checked((byte)value);

    public void WriteFlag(bool value) => WriteByte(value ? 1 : 0);

    public void WriteUInt16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), checked((ushort)value));

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteUInt16(value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void WriteId(FileId id) => id.CopyTo(Take(Limits.HashBytes));

    public void WriteKey(KeyFingerprint? key)
    {
        WriteFlag(key is not null);
        if (key is not null)
            Convert.FromHexString(key.ToString(), Take(Limits.HashBytes), out _, out _);
    }

    public void WriteIp(IPAddress ip)
    {
        Span<byte> bytes = stackalloc byte[MessageBounds.MaxIpBytes];
        ip.TryWriteBytes(bytes, out var length);
        WriteByte(length);
        bytes[..length].CopyTo(Take(length));
    }

    private Span<byte> Take(int length)
    {
        var taken = _bytes.AsSpan(_length, length);
        _length += length;
        return taken;
    }
}
