using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>A part of a table's memory: an array from one offset on.</summary>
internal readonly struct TablePart(byte[] block, int start)
{
    /// <summary>From this byte of the part to the end of the block; what lies behind the part is not this table's.</summary>
    public Span<byte> From(int offset) => block.AsSpan(start + offset);

    /// <summary>The record at this index of the part. The index is not checked.</summary>
    public ref T Record<T>(int index)
        where T : unmanaged
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(block), start);
        return ref Unsafe.Add(ref Unsafe.As<byte, T>(ref first), index);
    }
}
