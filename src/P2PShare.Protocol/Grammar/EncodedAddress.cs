using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar;

/// <summary>
/// An address as a line ends with it: <c> ip port</c> and the LF. FOUND and the rows of LIST_FILES end so, and those of one owner end
/// alike: composed once and kept, it is copied into each of millions of lines. It holds its bytes itself, so that whoever keeps it in
/// a record finds them there.
/// </summary>
public readonly struct EncodedAddress
{
    /// <summary>The longest.</summary>
    public const int MaxBytes = 1 + PeerAddress.MaxBytes + 1;

    private readonly byte _length;
    private readonly Room _room;

    public EncodedAddress(PeerAddress address)
    {
        Span<byte> room = _room;
        room[0] = (byte)' ';
        var length = 1 + PeerAddress.Write(room[1..], address.Ip, address.Port);
        room[length++] = (byte)'\n';
        _length = (byte)length;
    }

    /// <summary>From the space to the LF.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_room)[.._length];

    /// <summary>The address that it was made of.</summary>
    public PeerAddress Address
    {
        get
        {
            var words = Bytes[1..^1];
            var space = words.IndexOf((byte)' ');
            return PeerAddress.Create(IPAddress.Parse(words[..space]), int.Parse(words[(space + 1)..], CultureInfo.InvariantCulture));
        }
    }

    [InlineArray(MaxBytes)]
    private struct Room
    {
        private byte _first;
    }
}
