using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>A part of a table's memory: of one array, from one place on.</summary>
internal readonly struct TablePart(byte[] block, int start)
{
    public Span<byte> From(int offset) => block.AsSpan(start + offset);

    public ReadOnlyMemory<byte> Memory(int offset, int length) => block.AsMemory(start + offset, length);

    /// <summary>The record of this number, counted from the part's beginning; whoever took the part knows how many fit.</summary>
    public ref T Record<T>(int number)
        where T : unmanaged
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(block), start);
        return ref Unsafe.Add(ref Unsafe.As<byte, T>(ref first), number);
    }
}
