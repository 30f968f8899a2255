using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// Reads the fields of a message one after the other, little endian. Each method returns false where the message is too short or the
/// field out of bounds, and then the message is refused. Nothing is allocated for a length that a message claims.
/// </summary>
internal ref struct MessageReader(ReadOnlyMemory<byte> message)
{
    private readonly ReadOnlyMemory<byte> _message = message;
    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _position;

    public readonly bool IsAtEnd => _position == _span.Length;

    public bool TryReadByte(byte max, out byte value)
    {
        value = 0;
        if (!TryTake(1, out var bytes))
            return false;
        value = bytes[0];
        return value <= max;
    }

    public bool TryReadFlag(out bool value)
    {
        var isRead = TryReadByte(1, out var number);
        value = number == 1;
        return isRead;
    }

    public bool TryReadUInt16(int max, out int value)
    {
        value = 0;
        if (!TryTake(sizeof(ushort), out var bytes))
            return false;
        value = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return value <= max;
    }

    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (!TryTake(sizeof(uint), out var bytes))
            return false;
        value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return true;
    }

    public bool TryReadInt64(long min, long max, out long value)
    {
        value = 0;
        if (!TryTake(sizeof(long), out var bytes))
            return false;
        value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return value >= min && value <= max;
    }

    /// <summary>Reads a length and as many bytes. They are a part of the message.</summary>
    public bool TryReadBytes(int max, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (!TryReadUInt16(max, out var length) || !TryTake(length, out _))
            return false;
        value = _message.Slice(_position - length, length);
        return true;
    }

    public bool TryReadHash(out ReadOnlySpan<byte> hash) => TryTake(Limits.HashBytes, out hash);

    public bool TryReadKey(out KeyFingerprint? key)
    {
        key = null;
        if (!TryReadFlag(out var isPresent))
            return false;
        if (!isPresent)
            return true;
        if (!TryReadHash(out var hash))
            return false;
        key = KeyFingerprint.OfHash(hash);
        return true;
    }

    public bool TryReadUser(out UserName user)
    {
        user = default;
        return TryReadBytes(MessageBounds.MaxUserNameBytes, out var utf8) && UserName.TryParse(utf8.Span, out user, out _);
    }

    /// <summary>Reads an address that a single host can have, in its canonical form.</summary>
    public bool TryReadIp([NotNullWhen(true)] out IPAddress? ip)
    {
        ip = null;
        if (!TryReadByte(MessageBounds.MaxIpBytes, out var length)
            || length is not (4 or MessageBounds.MaxIpBytes)
            || !TryTake(length, out var bytes))
            return false;
        var read = new IPAddress(bytes);
        if (!PeerAddress.TryParse(Encoding.ASCII.GetBytes(read.ToString()), "1"u8, out var address) || !address.Ip.Equals(read))
            return false;
        ip = read;
        return true;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_span.Length - _position < length)
            return false;
        bytes = _span.Slice(_position, length);
        _position += length;
        return true;
    }
}
