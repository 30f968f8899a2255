using System.Buffers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>The answer to REQUEST: <c>FOUND ip port</c>, or <c>NOT_FOUND</c> where <see cref="Owner"/> is null.</summary>
public readonly record struct FoundReply(PeerAddress? Owner)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out FoundReply reply)
    {
        reply = default;
        if (line.Span.SequenceEqual("NOT_FOUND"u8))
            return true;
        if (!Words.TryTakeFirst(line, out var verb, out var rest)
            || !verb.SequenceEqual("FOUND"u8)
            || !Words.TryTakeFirst(rest, out var ip, out rest)
            || !PeerAddress.TryParse(ip, rest.Span, out var owner))
            return false;
        reply = new FoundReply(owner);
        return true;
    }

    /// <summary>Whether the line is a FOUND, well-formed or not.</summary>
    public static bool IsFound(ReadOnlySpan<byte> line) => line.SequenceEqual("FOUND"u8) || line.StartsWith("FOUND "u8);

    public void WriteTo(IBufferWriter<byte> output) => Write(output, Owner is { } owner ? new EncodedAddress(owner) : null);

    /// <summary>Writes the reply from an address that is encoded already; NOT_FOUND where it is null.</summary>
    // FOUND 127.0.0.1 9001
    // NOT_FOUND
    public static void Write(IBufferWriter<byte> output, EncodedAddress? owner)
    {
        output.Write(owner is null ? "NOT_FOUND\n"u8 : "FOUND"u8);
        if (owner is { } address)
            output.Write(address.Bytes);
    }
}
