using System.Buffers.Binary;
using System.Runtime.InteropServices;
using P2PShare.Protocol;

namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Names as plain bytes, known by a number: two bytes of length and the name, in cells of four bytes, packed into large chunks.
/// Ten million names are a few thousand objects, and each costs little more than its letters. Freed cells serve the next name of
/// that size.
/// </summary>
internal sealed class NameStore(TableMemory memory)
{
    private const int CellBytes = 4;
    private const int LengthBytes = 2;
    private const int ChunkCellBits = 18;
    private const int ChunkCells = 1 << ChunkCellBits;

    private readonly List<TablePart> _chunks = [];

    // The first free place for each number of cells; the others follow, each place holding the number of the next.
    private readonly int[] _free = new int[CellsFor(Limits.MaxFileNameBytes) + 1];

    // Numbers count from 1, so that 0 can stand for none.
    private int _nextCell = 1;

    /// <summary>Valid until the name is removed.</summary>
    public ReadOnlyMemory<byte> this[int number]
    {
        get
        {
            var (chunk, start) = (_chunks[number >> ChunkCellBits], (number & (ChunkCells - 1)) * CellBytes);
            return chunk.Memory(start + LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(chunk.From(start)));
        }
    }

    /// <inheritdoc cref="this"/>
    public ReadOnlySpan<byte> SpanOf(int number)
    {
        var cells = Cells(number);
        return cells.Slice(LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(cells));
    }

    /// <summary>Where it begins; how long it is stands there, and need not be near yet.</summary>
    public ref byte PlaceOf(int number) => ref MemoryMarshal.GetReference(Cells(number));

    public int Add(ReadOnlySpan<byte> name)
    {
        var number = Reserve(CellsFor(name.Length));
        var room = Cells(number);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)name.Length);
        name.CopyTo(room[LengthBytes..]);
        return number;
    }

    public void Remove(int number)
    {
        ref var first = ref _free[CellsFor(this[number].Length)];
        BinaryPrimitives.WriteInt32LittleEndian(Cells(number), first);
        first = number;
    }

    private static int CellsFor(int nameLength) => (LengthBytes + nameLength + CellBytes - 1) / CellBytes;

    private int Reserve(int cells)
    {
        ref var free = ref _free[cells];
        if (free != 0)
        {
            var number = free;
            free = BinaryPrimitives.ReadInt32LittleEndian(Cells(number));
            return number;
        }

        // A name does not go over the end of a chunk; the few cells left there stay empty.
        if ((_nextCell & (ChunkCells - 1)) + cells > ChunkCells)
            _nextCell = (_nextCell | (ChunkCells - 1)) + 1;
        if (_nextCell >> ChunkCellBits == _chunks.Count)
            _chunks.Add(memory.Take(ChunkCells * CellBytes));
        _nextCell += cells;
        return _nextCell - cells;
    }

    private Span<byte> Cells(int number) => _chunks[number >> ChunkCellBits].From((number & (ChunkCells - 1)) * CellBytes);
}
