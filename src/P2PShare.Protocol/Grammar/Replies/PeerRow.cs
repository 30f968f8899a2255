using System.Buffers;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>A row of LOCATE_PEERS: <c>WHOLE ip port</c>, or <c>PART ip port</c> for a peer that has only a part of the content.</summary>
public readonly record struct PeerRow(bool IsWhole, PeerAddress Peer)
{
    public static bool TryParse(ReadOnlyMemory<byte> line, out PeerRow row)
    {
        row = default;
        if (!Words.TryTakeFirst(line, out var kind, out var rest)
            || !Words.TryTakeFirst(rest, out var ip, out rest)
            || !PeerAddress.TryParse(ip, rest.Span, out var peer))
            return false;
        var isWhole = kind.SequenceEqual("WHOLE"u8);
        if (!isWhole && !kind.SequenceEqual("PART"u8))
            return false;
        row = new PeerRow(isWhole, peer);
        return true;
    }

    public void WriteTo(IBufferWriter<byte> output) => Write(output, IsWhole, new EncodedAddress(Peer));

    /// <summary>Writes a row from an address that is encoded already.</summary>
    // WHOLE 127.0.0.1 9001
    // PART 127.0.0.1 9001
    public static void Write(IBufferWriter<byte> output, bool isWhole, in EncodedAddress peer)
    {
        output.Write(isWhole ? "WHOLE"u8 : "PART"u8);
        output.Write(peer.Bytes);
    }
}
