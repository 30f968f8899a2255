using System.Runtime.InteropServices;
using System.Security.Cryptography;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>
/// Random bytes, on Linux from the kernel (getrandom(2)). <see cref="RandomNumberGenerator"/> asks OpenSSL there; loading OpenSSL for
/// the first byte took a quarter of the time until the prompt, and of the memory.
/// </summary>
internal static partial class SystemRandom
{
    /// <summary>The kernel fills up to 256 bytes in one call that no signal interrupts.</summary>
    private const int MaxBytes = 256;

    /// <summary>Fills with bytes of cryptographic quality.</summary>
    /// <param name="bytes">At most 256 bytes.</param>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        // A kernel before 3.17 does not have the call, and a sandbox may forbid it.
        if (!Platform.UsesLinuxCalls || NativeGetRandom(bytes, (nuint)bytes.Length, 0) != bytes.Length)
            RandomNumberGenerator.Fill(bytes);
    }

    [LibraryImport("libc", EntryPoint = "getrandom")]
    private static partial nint NativeGetRandom(Span<byte> bytes, nuint length, uint flags);
}
