using System.Buffers.Text;

namespace P2PShare.Protocol.Text;

/// <summary>Parses the numbers of the grammar: 1 to 19 decimal digits, no sign, no space.</summary>
internal static class DecimalDigits
{
    public static bool TryParse(ReadOnlySpan<byte> digits, long max, out long value)
    {
        value = 0;
        return digits.Length is > 0 and <= 19
            && char.IsAsciiDigit((char)digits[0])
            && Utf8Parser.TryParse(digits, out value, out int consumed)
            && consumed == digits.Length
            && value <= max;
    }

    public static bool TryParse(ReadOnlySpan<byte> digits, int max, out int value)
    {
        var parsed = TryParse(digits, (long)max, out var number);
        value = parsed ? (int)number : 0;
        return parsed;
    }
}
