using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Names as bytes, each known by a number: two bytes of length and the name, in cells of four bytes, packed into large chunks. Ten
/// million names are a few thousand objects, and each takes little more memory than its bytes. Freed cells are reused for the next
/// name of that size.
/// </summary>
/// <param name="memory">Where the chunks are allocated.</param>
/// <param name="maxNameBytes">The longest name; at most 65,535.</param>
internal sealed class NameStore(TableMemory memory, int maxNameBytes)
{
    private const int CellBytes = 4;
    private const int LengthBytes = 2;
    private const int ChunkCellBits = 18;
    private const int ChunkCells = 1 << ChunkCellBits;

    private readonly List<TablePart> _chunks = [];

    // A free list for each number of cells: here the first free name, whose cells hold the number of the next one.
    private readonly int[] _free = new int[CellsFor(maxNameBytes) + 1];

    // Numbers count from 1, because 0 stands for none.
    private int _nextCell = 1;

    /// <summary>The name. Valid until it is removed.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            var cells = Cells(number);
            return cells.Slice(LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(cells));
        }
    }

    /// <summary>The first byte of a name's cells, found without reading them: for prefetching.</summary>
    public ref byte FirstByteOf(int number) => ref MemoryMarshal.GetReference(Cells(number));

    public int Add(ReadOnlySpan<byte> name)
    {
        var number = Allocate(CellsFor(name.Length));
        var cells = Cells(number);
        BinaryPrimitives.WriteUInt16LittleEndian(cells, (ushort)name.Length);
        name.CopyTo(cells[LengthBytes..]);
        return number;
    }

    public void Remove(int number)
    {
        ref var first = ref _free[CellsFor(this[number].Length)];
        BinaryPrimitives.WriteInt32LittleEndian(Cells(number), first);
        first = number;
    }

    private static int CellsFor(int nameLength) => (LengthBytes + nameLength + CellBytes - 1) / CellBytes;

    private int Allocate(int cells)
    {
        ref var free = ref _free[cells];
        if (free != 0)
        {
            var number = free;
            free = BinaryPrimitives.ReadInt32LittleEndian(Cells(number));
            return number;
        }

        // A name does not cross the end of a chunk; the few cells left there stay unused.
        if ((_nextCell & (ChunkCells - 1)) + cells > ChunkCells)
            _nextCell = (_nextCell | (ChunkCells - 1)) + 1;
        if (_nextCell >> ChunkCellBits == _chunks.Count)
            _chunks.Add(memory.Allocate(ChunkCells * CellBytes));
        _nextCell += cells;
        return _nextCell - cells;
    }

    private Span<byte> Cells(int number) => _chunks[number >> ChunkCellBits].From((number & (ChunkCells - 1)) * CellBytes);
}
