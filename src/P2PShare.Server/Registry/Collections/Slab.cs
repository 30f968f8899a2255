namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Records known by a number instead of a reference. A million of them are a thousand objects to the garbage collector, and a
/// number is half as long as a reference. Numbers count from 1, so that 0 can stand for none; those of removed records are used again.
/// </summary>
internal sealed class Slab<T>(TableMemory memory)
    where T : unmanaged, ISlot
{
    private readonly ChunkedArray<T> _slots = new(memory);
    private int _last;
    private int _firstFree;

    /// <summary>The record itself, valid until the next <see cref="Add"/>.</summary>
    public ref T this[int number] => ref _slots[number];

    public int Add(in T record)
    {
        var number = _firstFree;
        if (number == 0)
            _slots.Cover(number = ++_last);
        else
            _firstFree = _slots[number].NextFree;
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
