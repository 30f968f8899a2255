using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands to a peer that named the feature SWARM (PROTOCOL.md, section 6).

/// <summary><c>GET file-id offset length</c>: asks for a part of the content, 1 byte to 1 MiB.</summary>
public readonly record struct Get(FileId Id, long Offset, int Length) : IMessage<Get>
{
    public static Verb Verb => Verb.Get;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Get message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!RangeArguments.TryParse(arguments, Limits.MaxFileBytes, Limits.MaxGetBytes, out var id, out var offset, out var length))
            refusal = RangeArguments.Refusal;
        else
            message = new Get(id, offset, length);
        return refusal is null;
    }

    // GET 8f3a...c1 1048576 1048576
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).Word(Offset).Word(Length).End();
}

/// <summary><c>HASHES file-id index count</c>: asks for a part of the piece layer, 1 to 8,192 hashes.</summary>
public readonly record struct Hashes(FileId Id, int Index, int Count) : IMessage<Hashes>
{
    public static Verb Verb => Verb.Hashes;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Hashes message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!RangeArguments.TryParse(arguments, int.MaxValue, Limits.MaxHashesPerRequest, out var id, out var index, out var count))
            refusal = RangeArguments.Refusal;
        else
            message = new Hashes(id, (int)index, count);
        return refusal is null;
    }

    // HASHES 8f3a...c1 0 4096
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).Word(Index).Word(Count).End();
}

/// <summary>The arguments of GET and HASHES: an id and a range, whose length is at least 1.</summary>
file static class RangeArguments
{
    public const string Refusal = "not an id and two numbers in range";

    public static bool TryParse(ReadOnlyMemory<byte> arguments, long maxStart, int maxLength, out FileId id, out long start, out int length)
    {
        (id, start, length) = (default, 0, 0);
        return Words.TryTakeFirst(arguments, out var idWord, out var rest)
            && Words.TryTakeFirst(rest, out var startWord, out rest)
            && FileId.TryParse(idWord, out id)
            && DecimalDigits.TryParse(startWord, maxStart, out start)
            && DecimalDigits.TryParse(rest.Span, maxLength, out length)
            && length > 0;
    }
}
