using System.Buffers;

namespace P2PShare.Peer.Downloads.Buffers;

/// <summary>Memory that one piece is received into, and the pool that it is returned to. The default value is no buffer.</summary>
internal readonly struct PieceBuffer
{
    private readonly PieceBuffers? _pool;
    private readonly byte[]? _shared;

    private PieceBuffer(Memory<byte> memory, PieceBuffers? pool, byte[]? shared) => (Memory, _pool, _shared) = (memory, pool, shared);

    /// <summary>At least as long as the piece. Its content is undefined.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>There is no buffer.</summary>
    public bool IsNone => _pool is null && _shared is null;

    /// <summary>It holds the whole of a small file, and comes from the array pool that the process shares.</summary>
    public bool IsSmall => _shared is not null;

    /// <summary>A buffer of a whole piece that <paramref name="pool"/> takes back.</summary>
    public static PieceBuffer Of(PieceBuffers pool, Memory<byte> memory) => new(memory, pool, null);

    /// <summary>
    /// Rents from the shared array pool, for a file of at most <see cref="PieceBuffers.MaxSmallBytes"/>: many of these wait at the same
    /// time, and writing them needs no alignment.
    /// </summary>
    public static PieceBuffer RentSmall(int length)
    {
        var array = ArrayPool<byte>.Shared.Rent(length);
        return new PieceBuffer(array, null, array);
    }

    /// <summary>Returns the memory to its pool. To be called once.</summary>
    public void Return()
    {
        if (_shared is not null)
            ArrayPool<byte>.Shared.Return(_shared);
        else
            _pool?.Return(Memory);
    }
}
