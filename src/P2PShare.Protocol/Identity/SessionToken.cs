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

    private readonly UInt128 _value;

    private SessionToken(UInt128 value) => _value = value;

    public static SessionToken Create()
    {
        Span<byte> bytes = stackalloc byte[HexLength / 2];
        RandomNumberGenerator.Fill(bytes);
        return new SessionToken(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }

    /// <summary>Takes exactly 32 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out SessionToken token)
    {
        var parsed = UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        token = new SessionToken(value);
        return parsed && hex.Length == HexLength;
    }

    /// <summary>Writes <see cref="HexLength"/> digits.</summary>
    public void Format(Span<byte> destination) => _value.TryFormat(destination, out _, "x32", CultureInfo.InvariantCulture);

    /// <summary>Says nothing, so that no log can.</summary>
    public override string ToString() => "(secret)";
}
