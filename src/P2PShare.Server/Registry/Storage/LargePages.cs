using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace P2PShare.Server.Registry.Storage;

/// <summary>
/// Arrays for tables that are looked up at random places. With ordinary pages of 4 KiB, the processor has to find out for nearly
/// every step of a lookup where the page is; so the kernel is asked for pages of 2 MiB (madvise(2), MADV_HUGEPAGE).
/// </summary>
internal static unsafe partial class LargePages
{
    private const nuint PageBytes = 2 * 1024 * 1024;
    private const int UseHugePages = 14;

    /// <summary>All zero. The garbage collector never moves it, nor looks at it.</summary>
    public static T[] NewArray<T>(int length)
        where T : struct
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            return new T[length];
        var array = GC.AllocateArray<T>(length, pinned: true);
        if (OperatingSystem.IsLinux())
            Advise((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), (nuint)length * (nuint)Unsafe.SizeOf<T>());
        return array;
    }

    // Whole pages, and with them what lies beside the array; it is an advice and no more, and no worse for a neighbour. A kernel
    // that does not follow it is as good as before.
    private static void Advise(nuint start, nuint bytes)
    {
        var first = start & ~(PageBytes - 1);
        _ = Advise(first, (start + bytes - first + PageBytes - 1) & ~(PageBytes - 1), UseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint start, nuint bytes, int advice);
}
