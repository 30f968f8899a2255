using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands that keep a session alive across faults (PROTOCOL.md, section 5.1).

/// <summary><c>PING</c>, answered <c>PONG</c>: checks whether the server still answers.</summary>
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
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).End();
}

/// <summary><c>RESUME token</c>: ends an older session of the same client, which gave the same token.</summary>
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
        LineWriter.Start(output, Verb).Word(token).End();
    }
}
