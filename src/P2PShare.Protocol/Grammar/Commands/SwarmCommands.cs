using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands to a server that named the feature SWARM (PROTOCOL.md, section 5).

/// <summary><c>SHARE file-id size port filename</c>: ANNOUNCE with the identity of the content.</summary>
public readonly record struct Share(FileIdentity Identity, int Port, FileName Name) : IMessage<Share>
{
    public static Verb Verb => Verb.Share;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Share message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        if (!Words.TryTakeFirst(arguments, out var idWord, out var rest)
            || !Words.TryTakeFirst(rest, out var sizeWord, out rest)
            || !Words.TryTakeFirst(rest, out var portWord, out rest))
            refusal = "file id, size, port or file name missing";
        else if (!IdentityWords.TryParse(idWord, sizeWord, out var identity))
            refusal = Refusals.BadIdentity;
        else if (!PeerAddress.TryParsePort(portWord, out var port))
            refusal = Refusals.BadPort;
        else if (FileName.TryParse(rest, out var name, out refusal))
            message = new Share(identity, port, name);
        return refusal is null;
    }

    // SHARE 8f3a...c1 1048576 9001 yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) =>
        LineWriter.Start(output, Verb).Word(Identity.Id).Word(Identity.Size).Word(Port).Word(Name).End();
}

/// <summary><c>WITHDRAW filename</c>: ends the entry of this session with that name.</summary>
public readonly record struct Withdraw(FileName Name) : IMessage<Withdraw>
{
    public static Verb Verb => Verb.Withdraw;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Withdraw message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileName.TryParse(arguments, out var name, out refusal);
        message = new Withdraw(name);
        return parsed;
    }

    // WITHDRAW yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Name).End();
}

/// <summary><c>LOCATE filename</c>: asks for the owners of files with this name, of any content.</summary>
public readonly record struct Locate(FileName Name) : IMessage<Locate>
{
    public static Verb Verb => Verb.Locate;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Locate message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileName.TryParse(arguments, out var name, out refusal);
        message = new Locate(name);
        return parsed;
    }

    // LOCATE yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Name).End();
}

/// <summary><c>LOCATE_ID file-id</c>: asks for the owners of this content, under any name.</summary>
public readonly record struct LocateId(FileId Id) : IMessage<LocateId>
{
    public static Verb Verb => Verb.LocateId;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out LocateId message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileId.TryParse(arguments.Span, out var id);
        message = new LocateId(id);
        refusal = parsed ? null : Refusals.BadId;
        return parsed;
    }

    // LOCATE_ID 8f3a...c1
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).End();
}

/// <summary>
/// <c>LIST_SHARES</c> or <c>LIST_SHARES prefix</c>: asks for the entries, with identities, whose names begin with the prefix.
/// </summary>
public readonly record struct ListShares(ReadOnlyMemory<byte> Prefix) : IMessage<ListShares>
{
    public static Verb Verb => Verb.ListShares;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out ListShares message, [NotNullWhen(false)] out string? refusal)
    {
        message = new ListShares(arguments);
        refusal = arguments.Length > Limits.MaxFileNameBytes ? "prefix longer than a file name"
            : Words.ContainsControl(arguments.Span) ? "control character in prefix"
            : null;
        return refusal is null;
    }

    // LIST_SHARES photos/
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (Prefix.IsEmpty)
            LineWriter.Start(output, Verb).End();
        else
            LineWriter.Start(output, Verb).Word(Prefix.Span).End();
    }
}

/// <summary>
/// <c>SEARCH text</c>: asks for names that contain the text, or match it where it has <c>*</c> or <c>?</c>. Case is ignored.
/// </summary>
public readonly record struct Search(ReadOnlyMemory<byte> Text) : IMessage<Search>
{
    public static Verb Verb => Verb.Search;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Search message, [NotNullWhen(false)] out string? refusal)
    {
        message = new Search(arguments);
        refusal = arguments.Length switch
        {
            0 => "search text missing",
            > Limits.MaxSearchBytes => "search text longer than 256 bytes",
            _ when Words.ContainsControl(arguments.Span) => "control character in search text",
            _ => System.Text.Unicode.Utf8.IsValid(arguments.Span) ? null : "search text is not valid UTF-8",
        };
        return refusal is null;
    }

    // SEARCH *.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Text.Span).End();
}
