using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// What a new member of a private server is given, over another way: the fingerprint of the server, so that nobody else can take its
/// place, and the secret of the invitation. Written as <c>P2P</c> and 64 characters of base64url (RFC 4648, section 5).
/// </summary>
/// <param name="Server">The server's key.</param>
/// <param name="Secret">What the client shows there.</param>
public sealed record InvitationCode(KeyFingerprint Server, InvitationSecret Secret)
{
    // A word that begins with a hyphen would be read as an option.
    private const string Prefix = "P2P";

    private const int Bytes = Limits.HashBytes + InvitationSecret.Bytes;

    public static bool TryParse(string text, [NotNullWhen(true)] out InvitationCode? code)
    {
        code = null;
        Span<byte> bytes = stackalloc byte[Bytes];
        var trimmed = text.Trim();
        if (!trimmed.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64Url.IsValid(trimmed.AsSpan(Prefix.Length), out var length)
            || length != Bytes
            || !Base64Url.TryDecodeFromChars(trimmed.AsSpan(Prefix.Length), bytes, out _))
            return false;
        code = new InvitationCode(
            KeyFingerprint.OfHash(bytes[..Limits.HashBytes]), InvitationSecret.Of(bytes[Limits.HashBytes..]));
        return true;
    }

    /// <summary>The whole code. It is as secret as what it holds.</summary>
    public string Reveal() =>
        Prefix + Base64Url.EncodeToString([.. Convert.FromHexString(Server.ToString()), .. Secret.ToBytes()]);

    /// <summary>Hides the secret, so that no log contains it.</summary>
    public override string ToString() => "(secret)";
}
