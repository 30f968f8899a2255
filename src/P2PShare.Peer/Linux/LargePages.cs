using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>Memory in pages of 2 MiB instead of 4 KiB (madvise(2), MADV_HUGEPAGE). An advice and no more: a kernel that does not follow it is as good as before.</summary>
internal static unsafe partial class LargePages
{
    public const int Bytes = 2 * 1024 * 1024;
    private const int UseHugePages = 14;

    /// <summary>Asks for them, of memory that is not moved and was not written to yet; it begins at a multiple of <see cref="Bytes"/>, and ends at one.</summary>
    public static void AskFor(Span<byte> memory)
    {
        if (Platform.UsesLinuxCalls)
            _ = Advise(Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)), (nuint)memory.Length, UseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
