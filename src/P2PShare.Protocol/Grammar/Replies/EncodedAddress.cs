using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>
/// An address as FOUND and the rows of LIST_FILES end with it: a space, <c>ip port</c> and the LF. It is encoded once per owner and
/// copied into millions of lines. The bytes are inline, so that a record which contains it needs no second memory access.
/// </summary>
public readonly struct EncodedAddress
{
    /// <summary>Bytes of the longest encoded address.</summary>
    public const int MaxBytes = 1 + PeerAddress.MaxBytes + 1;

    private readonly byte _length;
    private readonly Buffer _buffer;

    public EncodedAddress(PeerAddress address)
    {
        Span<byte> buffer = _buffer;
        buffer[0] = (byte)' ';
        var length = 1 + PeerAddress.Write(buffer[1..], address.Ip, address.Port);
        buffer[length++] = (byte)'\n';
        _length = (byte)length;
    }

    /// <summary>From the space to the LF.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_buffer)[.._length];

    /// <summary>The address, decoded.</summary>
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
    private struct Buffer
    {
        private byte _first;
    }
}
