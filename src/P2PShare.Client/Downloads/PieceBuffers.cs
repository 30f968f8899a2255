using System.Runtime.CompilerServices;
using P2PShare.Client.Content;
using P2PShare.Protocol;

namespace P2PShare.Client.Downloads;

/// <summary>
/// Room for the pieces of one download while they are received, verified and written: made as it is needed, used again, and gone
/// with the download. It is aligned as <see cref="DirectFile"/> wants it.
/// </summary>
internal sealed class PieceBuffers
{
    private readonly Lock _lock = new();
    private readonly Stack<Memory<byte>> _free = new();

    /// <summary>Room for a whole piece, with whatever stood in it last.</summary>
    public Memory<byte> Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var buffer))
                return buffer;
        }

        return New();
    }

    public void Return(Memory<byte> buffer)
    {
        lock (_lock)
            _free.Push(buffer);
    }

    private static unsafe Memory<byte> New()
    {
        var array = GC.AllocateUninitializedArray<byte>(Limits.PieceBytes + DirectFile.Alignment, pinned: true);
        var beyond = (int)((nuint)Unsafe.AsPointer(ref array[0]) % DirectFile.Alignment);
        return array.AsMemory(DirectFile.Alignment - beyond, Limits.PieceBytes);
    }
}
