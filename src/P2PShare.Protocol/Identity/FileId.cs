using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>
/// Identifies a content, whatever its name: the pieces root of BEP 52 (the root of a SHA-256 merkle tree over leaves of 16 KiB),
/// written as 64 lower-case hexadecimal digits.
/// </summary>
/// <remarks>
/// BEP 52 gives an empty file no root; here its id is 64 zeros. An id is used with its size: see <see cref="FileIdentity"/>.
/// </remarks>
public readonly record struct FileId
{
    public const int HexLength = 2 * Limits.HashBytes;

    // Four words instead of an array: millions of ids are compared, hashed and stored without an object each.
    private readonly ulong _a, _b, _c, _d;

    /// <param name="hash">Exactly 32 bytes.</param>
    public FileId(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Limits.HashBytes)
            throw new ArgumentException("A file id has 32 bytes.", nameof(hash));
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    public static FileId OfEmptyFile => default;

    /// <summary>Accepts exactly 64 hexadecimal digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out FileId id)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        id = default;
        if (hex.Length != HexLength || Convert.FromHexString(hex, hash, out _, out _) != OperationStatus.Done)
            return false;
        id = new FileId(hash);
        return true;
    }

    /// <param name="destination">At least 32 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(destination[..Limits.HashBytes]);
        (words[0], words[1], words[2], words[3]) = (_a, _b, _c, _d);
    }

    /// <summary>Writes the 64 digits in lower case.</summary>
    public void WriteHex(Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        CopyTo(hash);
        Convert.TryToHexStringLower(hash, destination, out _);
    }

    // Clients choose ids. With an unseeded hash, an attacker could choose a million ids with one hash code, and each SHARE or lookup
    // would compare them all. The hash of a string is seeded per process, which prevents that.
    public override int GetHashCode()
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        CopyTo(hash);
        return string.GetHashCode(MemoryMarshal.Cast<byte, char>(hash));
    }

    /// <summary>The first eight digits, by which a user tells two contents of one name apart.</summary>
    public string Short => ToString()[..8];

    public override string ToString()
    {
        Span<byte> hex = stackalloc byte[HexLength];
        WriteHex(hex);
        return Encoding.ASCII.GetString(hex);
    }
}
