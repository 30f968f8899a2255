using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// Identifies a program by its key: the SHA-256 of the public key (its SubjectPublicKeyInfo, RFC 5280), written as 64 lower-case
/// hexadecimal digits. People read it to each other in groups of four.
/// </summary>
public sealed record KeyFingerprint
{
    public const int HexLength = 2 * Limits.HashBytes;
    private const int GroupLength = 4;

    private readonly string _hex;

    private KeyFingerprint(string hex) => _hex = hex;

    /// <param name="hash">Exactly 32 bytes.</param>
    public static KeyFingerprint OfHash(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, Limits.HashBytes);
        return new KeyFingerprint(Convert.ToHexStringLower(hash));
    }

    /// <summary>Accepts exactly 64 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, [NotNullWhen(true)] out KeyFingerprint? fingerprint)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        fingerprint = null;
        if (hex.Length != HexLength || Convert.FromHexString(hex, hash, out _, out _) != OperationStatus.Done)
            return false;
        fingerprint = OfHash(hash);
        return true;
    }

    /// <summary>Accepts what a person typed: the digits in either case, with spaces, hyphens or colons between them.</summary>
    public static bool TryParseTyped(string text, [NotNullWhen(true)] out KeyFingerprint? fingerprint) =>
        TryParse(Encoding.UTF8.GetBytes([.. text.Where(letter => letter is not (' ' or '-' or ':'))]), out fingerprint);

    /// <summary>The digits in groups of four with hyphens between them.</summary>
    public string Grouped => string.Join('-', _hex.Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>The 64 digits.</summary>
    public override string ToString() => _hex;
}
