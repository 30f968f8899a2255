using System.Globalization;

namespace P2PShare.Client.Text;

/// <summary>A limit as people type it: bytes a second, with K, M or G for units of 1024; <c>off</c> or 0 for none.</summary>
internal static class ByteRate
{
    /// <summary>What a limit may be, for messages.</summary>
    public const string Rule = "bytes a second, as 500K or 5M, at least 16K; or off";

    private const string Units = "KMG";
    private const long MaxBytesPerSecond = 1L << 40;

    /// <summary>0 for none. False where the text is no limit, or smaller than <paramref name="least"/> and not 0.</summary>
    public static bool TryParse(string text, long least, out long bytesPerSecond)
    {
        bytesPerSecond = 0;
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase))
            return true;
        var unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        var number = unit < 0 ? text : text[..^1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        var bytes = value * Math.Pow(1024, unit + 1);
        if (!double.IsFinite(bytes) || bytes > MaxBytesPerSecond || (bytes != 0 && bytes < least))
            return false;
        bytesPerSecond = (long)bytes;
        return true;
    }

    /// <summary><c>5 MiB/s</c>, or <c>no limit</c>.</summary>
    public static string Format(long bytesPerSecond) => bytesPerSecond == 0 ? "no limit" : $"{HumanFormat.Bytes(bytesPerSecond)}/s";
}
