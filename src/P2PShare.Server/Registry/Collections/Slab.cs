namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Records known by a number instead of a reference. A million of them are a thousand objects to the garbage collector, and a number
/// takes half the memory of a reference. Numbers count from 1, because 0 stands for none; those of removed records are reused.
/// </summary>
internal sealed class Slab<T>(TableMemory memory)
    where T : unmanaged, ISlot
{
    private readonly ChunkedArray<T> _slots = new(memory);
    private int _last;
    private int _firstFree;

    /// <summary>The record in its place. It never moves; it is this record's until it is removed.</summary>
    public ref T this[int number] => ref _slots[number];

    public int Add(in T record)
    {
        var number = _firstFree;
        if (number == 0)
        {
            number = ++_last;
            _slots.EnsureIndex(number);
        }
        else
        {
            _firstFree = _slots[number].NextFree;
        }

        _slots[number] = record;
        return number;
    }

    public void Remove(int number)
    {
        _slots[number] = default;
        _slots[number].NextFree = _firstFree;
        _firstFree = number;
    }
}
