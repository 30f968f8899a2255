using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands to a server that named the feature PARTS (PROTOCOL.md, section 5.2).

/// <summary><c>SHARE_PART file-id size port</c>: this session's peer has a part of the content, and serves it on that port.</summary>
public readonly record struct SharePart(FileIdentity Identity, int Port) : IMessage<SharePart>
{
    public static Verb Verb => Verb.SharePart;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out SharePart message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!Words.TryTakeFirst(arguments, out var idWord, out var rest) || !Words.TryTakeFirst(rest, out var sizeWord, out rest))
            refusal = "file id, size or port missing";
        else if (!IdentityWords.TryParse(idWord, sizeWord, out var identity))
            refusal = Refusals.BadIdentity;
        else if (!PeerAddress.TryParsePort(rest.Span, out var port))
            refusal = Refusals.BadPort;
        else
            message = new SharePart(identity, port);
        return refusal is null;
    }

    // SHARE_PART 8f3a...c1 1048576 9001
    public void WriteTo(IBufferWriter<byte> output) =>
        LineWriter.Start(output, Verb).Word(Identity.Id).Word(Identity.Size).Word(Port).End();
}

/// <summary><c>WITHDRAW_PART file-id</c>: this session's peer no longer serves its part of the content.</summary>
public readonly record struct WithdrawPart(FileId Id) : IMessage<WithdrawPart>
{
    public static Verb Verb => Verb.WithdrawPart;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out WithdrawPart message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileId.TryParse(arguments.Span, out var id);
        message = new WithdrawPart(id);
        refusal = parsed ? null : Refusals.BadId;
        return parsed;
    }

    // WITHDRAW_PART 8f3a...c1
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).End();
}

/// <summary><c>LOCATE_PEERS file-id</c>: asks for the peers that have the content or a part of it.</summary>
public readonly record struct LocatePeers(FileId Id) : IMessage<LocatePeers>
{
    public static Verb Verb => Verb.LocatePeers;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out LocatePeers message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileId.TryParse(arguments.Span, out var id);
        message = new LocatePeers(id);
        refusal = parsed ? null : Refusals.BadId;
        return parsed;
    }

    // LOCATE_PEERS 8f3a...c1
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Id).End();
}
