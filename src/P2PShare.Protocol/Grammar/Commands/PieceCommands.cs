using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Commands;

/// <summary>
/// <c>WATCH file-id position IDLE|INTERESTED port|-</c>: asks a peer that named the feature PIECES which pieces it has, and, where
/// interested, for an upload slot (PROTOCOL.md, section 6.4).
/// </summary>
/// <param name="Id">The content.</param>
/// <param name="Position">How many entries of the peer's log of pieces the requester knows, 0..4,194,304.</param>
/// <param name="IsInterested">Whether the requester would fetch a piece now.</param>
/// <param name="Port">The port on which the requester serves what it has; null where it serves nothing.</param>
public readonly record struct Watch(FileId Id, int Position, bool IsInterested, int? Port) : IMessage<Watch>
{
    public static Verb Verb => Verb.Watch;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Watch message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = "not an id, a position, IDLE or INTERESTED, and a port or -";
        if (!Words.TryTakeFirst(arguments, out var idWord, out var rest)
            || !Words.TryTakeFirst(rest, out var positionWord, out rest)
            || !Words.TryTakeFirst(rest, out var interest, out rest)
            || !FileId.TryParse(idWord, out var id)
            || !DecimalDigits.TryParse(positionWord, Limits.MaxPieces, out int position)
            || !(interest.SequenceEqual("IDLE"u8) || interest.SequenceEqual("INTERESTED"u8))
            || !TryParsePort(rest.Span, out var port))
            return false;
        message = new Watch(id, position, interest.SequenceEqual("INTERESTED"u8), port);
        refusal = null;
        return true;
    }

    // WATCH 8f3a...c1 12 INTERESTED 9001
    // WATCH 8f3a...c1 0 IDLE -
    public void WriteTo(IBufferWriter<byte> output)
    {
        var line = LineWriter.Start(output, Verb).Word(Id).Word(Position).Word(IsInterested ? "INTERESTED"u8 : "IDLE"u8);
        line = Port is { } port ? line.Word(port) : line.Word("-"u8);
        line.End();
    }

    private static bool TryParsePort(ReadOnlySpan<byte> word, out int? port)
    {
        port = null;
        if (word.SequenceEqual("-"u8))
            return true;
        var isParsed = PeerAddress.TryParsePort(word, out var number);
        port = number;
        return isParsed;
    }
}
