using System.Buffers;
using System.Globalization;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// Names a server in subjects: 64 random bits, written as 16 lower-case hexadecimal digits. A server has a new one each time it starts or
/// joins again, so that what was published under an older one cannot be mistaken for what it publishes now.
/// </summary>
internal readonly record struct ServerId(ulong Value)
{
    public const int HexLength = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Accepts exactly 16 hexadecimal digits in lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out ServerId id)
    {
        id = default;
        if (hex.Length != HexLength || hex.ContainsAnyExcept(Digits))
            return false;
        id = new ServerId(ulong.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
