using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// What an invited client shows to a private server, once: 128 random bits, written as 32 hexadecimal digits. It is never logged, and
/// the server keeps only its hash.
/// </summary>
public sealed record InvitationSecret
{
    public const int Bytes = 16;
    public const int HexLength = 2 * Bytes;

    private readonly string _hex;

    private InvitationSecret(ReadOnlySpan<byte> bytes) => _hex = Convert.ToHexStringLower(bytes);

    public static InvitationSecret Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <param name="bytes">Exactly <see cref="Bytes"/> bytes.</param>
    public static InvitationSecret Of(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Bytes);
        return new InvitationSecret(bytes);
    }

    /// <summary>Accepts exactly 32 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, [NotNullWhen(true)] out InvitationSecret? secret)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        secret = null;
        if (hex.Length != HexLength || Convert.FromHexString(hex, bytes, out _, out _) != OperationStatus.Done)
            return false;
        secret = new InvitationSecret(bytes);
        return true;
    }

    /// <summary>What the server keeps: the SHA-256 of the secret, as 64 hexadecimal digits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(ToBytes()));

    public byte[] ToBytes() => Convert.FromHexString(_hex);

    /// <summary>The digits, as they are sent.</summary>
    public string Reveal() => _hex;

    /// <summary>Hides the secret, so that no log contains it.</summary>
    public override string ToString() => "(secret)";
}
