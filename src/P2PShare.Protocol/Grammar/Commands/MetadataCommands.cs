using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands to a peer that named the feature META (PROTOCOL.md, section 6.5).

/// <summary>
/// <c>META file-id filename</c>: asks for what goes with a file beside its content. One content may be shared under several names, with
/// different times.
/// </summary>
public readonly record struct Meta(FileId Id, FileName Name) : IMessage<Meta>
{
    public static Verb Verb => Verb.Meta;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Meta message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        if (!Words.TryTakeFirst(arguments, out var idWord, out var rest) || !FileId.TryParse(idWord, out var id))
            refusal = Refusals.BadId;
        else if (FileName.TryParse(rest, out var name, out refusal))
            message = new Meta(id, name);
        return refusal is null;
    }

    // META 8f3a...c1 yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).Word(Name).End();
}

/// <summary><c>FOLDERS filename</c>: asks for the empty folders below a folder.</summary>
public readonly record struct Folders(FileName Root) : IMessage<Folders>
{
    public static Verb Verb => Verb.Folders;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Folders message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileName.TryParse(arguments, out var root, out refusal);
        message = new Folders(root);
        return parsed;
    }

    // FOLDERS photos
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Root).End();
}
