using System.Runtime.CompilerServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>An array that grows without being copied: whoever grows it by one waits for one small chunk at most, however long it is.</summary>
internal sealed class ChunkedArray<T>(TableMemory memory)
    where T : unmanaged
{
    private const int ChunkBits = 15;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<TablePart> _chunks = [];

    public ref T this[int index] => ref _chunks[index >> ChunkBits].Record<T>(index & (ChunkLength - 1));

    /// <summary>Makes every index up to this one valid; what is new there is zero.</summary>
    public void Cover(int index)
    {
        while (_chunks.Count <= index >> ChunkBits)
            _chunks.Add(memory.Take(ChunkLength * Unsafe.SizeOf<T>()));
    }
}
