using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

/// <summary>
/// <c>WHOIS ip port</c>: asks a server that named the feature WHOIS which users announced with this address (PROTOCOL.md, section 5.3).
/// </summary>
public readonly record struct Whois(PeerAddress Peer) : IMessage<Whois>
{
    public static Verb Verb => Verb.Whois;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Whois message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = null;
        if (!Words.TryTakeFirst(arguments, out var ip, out var rest))
            refusal = "address or port missing";
        else if (!PeerAddress.TryParsePort(rest.Span, out _))
            refusal = Refusals.BadPort;
        else if (!PeerAddress.TryParse(ip, rest.Span, out var peer))
            refusal = Refusals.BadAddress;
        else
            message = new Whois(peer);
        return refusal is null;
    }

    // WHOIS 127.0.0.1 9001
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Peer).End();
}
