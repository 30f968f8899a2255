using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace P2PShare.Protocol.Identity;

/// <summary>What a file is, whatever it is called: the pieces root of BEP 52 (SHA-256 over a merkle tree of 16 KiB leaves), written as 64 lower-case hexadecimal digits.</summary>
/// <remarks>BEP 52 gives an empty file no root; here its id is 64 zeros. An id never stands without its size: see <see cref="FileIdentity"/>.</remarks>
public readonly record struct FileId
{
    public const int HexLength = 2 * Limits.HashBytes;

    // Four machine words instead of an array: an id is compared, hashed and kept by the million without an object of its own.
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

    /// <summary>Takes 64 hexadecimal digits of either case and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out FileId id)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        id = default;
        if (hex.Length != HexLength || Convert.FromHexString(hex, hash, out _, out _) != OperationStatus.Done)
            return false;
        id = new FileId(hash);
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(destination[..Limits.HashBytes]);
        (words[0], words[1], words[2], words[3]) = (_a, _b, _c, _d);
    }

    /// <summary>Writes the 64 digits.</summary>
    public void WriteHex(Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        CopyTo(hash);
        Convert.TryToHexStringLower(hash, destination, out _);
    }

    // Strangers choose ids, and could choose a million that share a hash code made of plain arithmetic: each SHARE or lookup would
    // then walk them all. The hash of a string has a secret seed and was made against that.
    public override int GetHashCode()
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        CopyTo(hash);
        return string.GetHashCode(MemoryMarshal.Cast<byte, char>(hash));
    }

    /// <summary>The first eight digits: enough for a person to tell two contents of one name apart.</summary>
    public string Short => ToString()[..8];

    public override string ToString()
    {
        Span<byte> hex = stackalloc byte[HexLength];
        WriteHex(hex);
        return Encoding.ASCII.GetString(hex);
    }
}
