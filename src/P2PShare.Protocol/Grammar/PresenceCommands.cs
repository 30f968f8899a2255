using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar;

// The commands that keep a session present (PROTOCOL.md, section 5).

/// <summary><c>PING</c>, answered <c>PONG</c>: are you still there?</summary>
public readonly record struct Ping : IMessage<Ping>
{
    public static Verb Verb => Verb.Ping;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Ping message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = arguments.IsEmpty ? null : Refusals.UnexpectedArguments;
        return refusal is null;
    }

    // PING
    public void WriteTo(IBufferWriter<byte> output) => Line.Of(output, Verb).End();
}

/// <summary><c>RESUME token</c>: an older session that gave the same token is this client's too, and is over.</summary>
public readonly record struct Resume(SessionToken Token) : IMessage<Resume>
{
    public static Verb Verb => Verb.Resume;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Resume message, [NotNullWhen(false)] out string? refusal)
    {
        refusal = SessionToken.TryParse(arguments.Span, out var token) ? null : "token is not 32 hexadecimal digits";
        message = new Resume(token);
        return refusal is null;
    }

    // RESUME 0f3c...9a
    public void WriteTo(IBufferWriter<byte> output)
    {
        Span<byte> token = stackalloc byte[SessionToken.HexLength];
        Token.Format(token);
        Line.Of(output, Verb).Word(token).End();
    }
}
