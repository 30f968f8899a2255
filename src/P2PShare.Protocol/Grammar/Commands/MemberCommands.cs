using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands to a private server (PROTOCOL.md, section 5.4).

/// <summary><c>JOIN secret username</c>: the first line of a client that was invited, whose key becomes a member's.</summary>
public readonly record struct Join(InvitationSecret Secret, UserName User) : IMessage<Join>
{
    public static Verb Verb => Verb.Join;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Join message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        if (!Words.TryTakeFirst(arguments, out var word, out var rest) || !InvitationSecret.TryParse(word, out var secret))
            refusal = "invitation is not 32 hexadecimal digits";
        else if (UserName.TryParse(rest.Span, out var user, out refusal))
            message = new Join(secret, user);
        return refusal is null;
    }

    // JOIN 0f3c...9a ayse
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Text(Secret.Reveal()).Text(User.Text).End();
}

/// <summary><c>CERTIFY public-key</c>: asks for a certificate of the session's key, which peers of a private server demand.</summary>
/// <param name="PublicKey">A SubjectPublicKeyInfo in DER, of at most <see cref="MaxKeyBytes"/> bytes.</param>
public readonly record struct Certify(ReadOnlyMemory<byte> PublicKey) : IMessage<Certify>
{
    /// <summary>A key on P-256 has 91 bytes.</summary>
    public const int MaxKeyBytes = 512;

    public static Verb Verb => Verb.Certify;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Certify message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = StrictBase64.TryDecode(arguments.Span, MaxKeyBytes, out var key) ? null : "public key is not base64 of at most 512 bytes";
        message = new Certify(key);
        return refusal is null;
    }

    // CERTIFY MFkwEwYH...
    public void WriteTo(IBufferWriter<byte> output) =>
        LineWriter.Start(output, Verb).Text(Convert.ToBase64String(PublicKey.Span)).End();
}
