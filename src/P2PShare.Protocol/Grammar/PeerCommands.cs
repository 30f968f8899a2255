using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

// The commands to a peer that named the feature SWARM (PROTOCOL.md, section 6).

/// <summary><c>GET file-id offset length</c>: that part of the content, 1 byte to 1 MiB of it.</summary>
public readonly record struct Get(FileId Id, long Offset, int Length) : IMessage<Get>
{
    public static Verb Verb => Verb.Get;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Get message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!ThreeWords.TryParse(arguments, Limits.MaxFileBytes, Limits.MaxGetBytes, out var id, out var offset, out var length))
            refusal = ThreeWords.Refusal;
        else
            message = new Get(id, offset, length);
        return refusal is null;
    }

    // GET 8f3a...c1 1048576 1048576
    public void WriteTo(IBufferWriter<byte> output) => Line.Of(output, Verb).Word(Id).Word(Offset).Word(Length).End();
}

/// <summary><c>HASHES file-id index count</c>: that part of the piece layer, at most 8,192 hashes of it.</summary>
public readonly record struct Hashes(FileId Id, int Index, int Count) : IMessage<Hashes>
{
    public static Verb Verb => Verb.Hashes;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Hashes message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!ThreeWords.TryParse(arguments, int.MaxValue, Limits.MaxHashesPerRequest, out var id, out var index, out var count))
            refusal = ThreeWords.Refusal;
        else
            message = new Hashes(id, (int)index, count);
        return refusal is null;
    }

    // HASHES 8f3a...c1 0 4096
    public void WriteTo(IBufferWriter<byte> output) => Line.Of(output, Verb).Word(Id).Word(Index).Word(Count).End();
}

/// <summary>An id and two numbers, the second at least 1: what GET and HASHES have in common.</summary>
file static class ThreeWords
{
    public const string Refusal = "not an id and two numbers in range";

    public static bool TryParse(ReadOnlyMemory<byte> arguments, long maxFirst, int maxSecond, out FileId id, out long first, out int second)
    {
        (id, first, second) = (default, 0, 0);
        return Words.TryTakeFirst(arguments, out var idWord, out var rest)
            && Words.TryTakeFirst(rest, out var firstWord, out rest)
            && FileId.TryParse(idWord, out id)
            && DecimalDigits.TryParse(firstWord, maxFirst, out first)
            && DecimalDigits.TryParse(rest.Span, maxSecond, out second)
            && second > 0;
    }
}
