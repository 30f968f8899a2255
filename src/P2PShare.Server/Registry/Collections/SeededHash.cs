using System.Runtime.InteropServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Hashes keys that strangers choose. It is the runtime's hash of strings (Marvin32, seeded at random when the process starts),
/// because <see cref="HashCode"/> does not resist keys that were chosen to collide.
/// </summary>
internal static class SeededHash
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)string.GetHashCode(MemoryMarshal.Cast<byte, char>(bytes));

        // An odd last byte is not part of a char. It is mixed in as an odd multiple, different for each of its values.
        return int.IsEvenInteger(bytes.Length) ? hash : hash + (0x9E3779B1u * (1u + bytes[^1]));
    }
}
