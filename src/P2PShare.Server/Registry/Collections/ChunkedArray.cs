using System.Runtime.CompilerServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>An array that grows by small chunks and never copies its elements, so that no addition takes long.</summary>
internal sealed class ChunkedArray<T>(TableMemory memory)
    where T : unmanaged
{
    private const int ChunkBits = 15;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<TablePart> _chunks = [];

    public ref T this[int index] => ref _chunks[index >> ChunkBits].Record<T>(index & (ChunkLength - 1));

    /// <summary>Makes every index up to and including this one valid. New elements are zero.</summary>
    public void EnsureIndex(int index)
    {
        while (_chunks.Count <= index >> ChunkBits)
            _chunks.Add(memory.Allocate(ChunkLength * Unsafe.SizeOf<T>()));
    }
}
