using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// A secret between a client and its server, 128 random bits per run, with which the client takes over the session of its older
/// connection. It is never shown and never logged.
/// </summary>
public readonly record struct SessionToken
{
    public const int HexLength = 32;
    public const int RandomBytes = HexLength / 2;
    private const int HalfLength = HexLength / 2;

    // Two halves instead of a UInt128: methods that take one, or a type that contains one, are not precompiled.
    private readonly ulong _high;
    private readonly ulong _low;

    private SessionToken(ulong high, ulong low) => (_high, _low) = (high, low);

    public static SessionToken Create()
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(bytes);
        return FromRandom(bytes);
    }

    /// <param name="bytes"><see cref="RandomBytes"/> bytes from a cryptographically secure generator.</param>
    public static SessionToken FromRandom(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));

    /// <summary>Accepts exactly 32 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out SessionToken token)
    {
        token = default;
        if (hex.Length != HexLength || !TryParseHalf(hex[..HalfLength], out var high) || !TryParseHalf(hex[HalfLength..], out var low))
            return false;
        token = new SessionToken(high, low);
        return true;
    }

    /// <summary>Writes <see cref="HexLength"/> digits in lower case.</summary>
    public void Format(Span<byte> destination)
    {
        _high.TryFormat(destination, out _, "x16", CultureInfo.InvariantCulture);
        _low.TryFormat(destination[HalfLength..], out _, "x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Hides the token, so that no log contains it.</summary>
    public override string ToString() => "(secret)";

    private static bool TryParseHalf(ReadOnlySpan<byte> hex, out ulong value) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
