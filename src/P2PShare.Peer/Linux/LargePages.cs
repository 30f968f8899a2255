using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>
/// Huge pages: memory in pages of 2 MiB instead of 4 KiB (madvise(2), MADV_HUGEPAGE). Only a hint, which the kernel may ignore.
/// </summary>
internal static unsafe partial class LargePages
{
    public const int Bytes = 2 * 1024 * 1024;
    private const int UseHugePages = 14; // MADV_HUGEPAGE

    /// <summary>
    /// Requests huge pages for pinned memory that has not been written to yet. It begins and ends at a multiple of <see cref="Bytes"/>.
    /// </summary>
    public static void AskFor(Span<byte> memory)
    {
        if (Platform.UsesLinuxCalls)
            _ = Advise(Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)), (nuint)memory.Length, UseHugePages);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
