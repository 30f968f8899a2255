using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// What a client alone knows besides its server: 128 random bits, one for each run, by which it takes over what an older connection
/// of its own left behind. Never shown and never logged.
/// </summary>
public readonly record struct SessionToken
{
    public const int HexLength = 32;
    private const int HalfLength = HexLength / 2;

    // Two halves, not one UInt128: methods that take one of those, or a type with one in it, are not compiled ahead.
    private readonly ulong _high;
    private readonly ulong _low;

    private SessionToken(ulong high, ulong low) => (_high, _low) = (high, low);

    public static SessionToken Create()
    {
        Span<byte> bytes = stackalloc byte[HexLength / 2];
        RandomNumberGenerator.Fill(bytes);
        return new SessionToken(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));
    }

    /// <summary>Takes exactly 32 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out SessionToken token)
    {
        token = default;
        if (hex.Length != HexLength || !TryParseHalf(hex[..HalfLength], out var high) || !TryParseHalf(hex[HalfLength..], out var low))
            return false;
        token = new SessionToken(high, low);
        return true;
    }

    /// <summary>Writes <see cref="HexLength"/> digits.</summary>
    public void Format(Span<byte> destination)
    {
        _high.TryFormat(destination, out _, "x16", CultureInfo.InvariantCulture);
        _low.TryFormat(destination[HalfLength..], out _, "x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Says nothing, so that no log can.</summary>
    public override string ToString() => "(secret)";

    private static bool TryParseHalf(ReadOnlySpan<byte> hex, out ulong value) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
