namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// A sorted list in blocks of at most 512 items. Finding, adding and removing take logarithmic time and move at most one block's
/// items; reading from any key on copies no more than what is read.
/// </summary>
internal sealed class SortedBlocks<T>
    where T : struct
{
    private const int BlockLength = 512;

    // Neighbours that together fill at most three quarters of a block are merged. A higher bound would split and merge them again
    // and again.
    private const int MergedLength = BlockLength * 3 / 4;

    // A split leaves at least a quarter in the first block. Otherwise chosen names could make a block for every few of them.
    private const int MinKept = BlockLength / 4;

    private readonly List<Block> _blocks = [];

    public int BlockCount => _blocks.Count;

    /// <summary>The item at this position.</summary>
    public T this[Position position]
    {
        get => _blocks[position.Block].Items[position.Index];
        set => _blocks[position.Block].Items[position.Index] = value;
    }

    /// <summary>Finds the item with this key. Its position is valid until the next item is inserted or removed.</summary>
    public bool TryFind<TKey>(scoped TKey key, out Position position)
        where TKey : ISortKey<T>, allows ref struct
    {
        position = LowerBound(key);
        return position.Block < _blocks.Count && key.CompareTo(this[position]) == 0;
    }

    /// <summary>Adds an item with a key that no item has yet.</summary>
    public void Insert<TKey>(scoped TKey key, T item)
        where TKey : ISortKey<T>, allows ref struct
    {
        if (_blocks.Count == 0)
            _blocks.Add(new Block());
        var number = BlockFor(key);
        var position = new Position(number, _blocks[number].LowerBound(key));
        if (_blocks[number].Count == BlockLength)
            position = MakeRoom(position);
        _blocks[position.Block].Insert(position.Index, item);
    }

    /// <summary>Removes the item with this key, which must be there.</summary>
    public void Remove<TKey>(scoped TKey key)
        where TKey : ISortKey<T>, allows ref struct
    {
        var (number, index) = LowerBound(key);
        var block = _blocks[number];
        block.RemoveAt(index);
        if (block.Count == 0)
            _blocks.RemoveAt(number);
        else if (!TryMergeWithNext(number) && number > 0)
            TryMergeWithNext(number - 1);
    }

    /// <summary>Copies the items that come after a key, in order.</summary>
    /// <returns>How many were copied: fewer than <paramref name="items"/> has room for only where the list ends.</returns>
    public int CopyAfter<TKey>(scoped TKey key, Span<T> items)
        where TKey : ISortKey<T>, allows ref struct
    {
        var (number, index) = LowerBound(key);
        if (number < _blocks.Count && key.CompareTo(_blocks[number].Items[index]) == 0)
            index++;
        var copied = 0;
        for (; number < _blocks.Count && copied < items.Length; number++, index = 0)
        {
            var block = _blocks[number];
            var count = Math.Min(block.Count - index, items.Length - copied);
            block.Items.AsSpan(index, count).CopyTo(items[copied..]);
            copied += count;
        }

        return copied;
    }

    // Splits a full block, and returns where the new item goes. Items that come in ascending or descending order fill one block
    // after the other, at the end of the list or among other items; splitting in halves would leave each block half empty.
    private Position MakeRoom(Position position)
    {
        var (number, index) = position;
        if (index == BlockLength && number + 1 < _blocks.Count && _blocks[number + 1].Count < BlockLength)
            return new(number + 1, 0);
        var kept = index == BlockLength || _blocks[number].IsNextToLastInsert(index) ? Math.Max(index, MinKept) : BlockLength / 2;
        _blocks.Insert(number + 1, _blocks[number].SplitOff(kept));
        return index < kept || (index == kept && kept < BlockLength) ? position : new(number + 1, index - kept);
    }

    // The first item that does not come before the key; past the last block where there is none.
    private Position LowerBound<TKey>(scoped TKey key)
        where TKey : ISortKey<T>, allows ref struct
    {
        if (_blocks.Count == 0)
            return new(0, 0);
        var number = BlockFor(key);
        var index = _blocks[number].LowerBound(key);
        return index < _blocks[number].Count ? new(number, index) : new(number + 1, 0);
    }

    // The last block whose first item does not come after the key, or the first block.
    private int BlockFor<TKey>(scoped TKey key)
        where TKey : ISortKey<T>, allows ref struct
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (key.CompareTo(_blocks[middle].Items[0]) < 0)
                high = middle - 1;
            else
                low = middle;
        }

        return low;
    }

    private bool TryMergeWithNext(int number)
    {
        if (number + 1 >= _blocks.Count || _blocks[number].Count + _blocks[number + 1].Count > MergedLength)
            return false;
        _blocks[number].Append(_blocks[number + 1]);
        _blocks.RemoveAt(number + 1);
        return true;
    }

    /// <summary>Where an item is.</summary>
    public readonly record struct Position(int Block, int Index);

    private sealed class Block
    {
        private int _lastInsert;

        public T[] Items { get; } = new T[BlockLength];

        public int Count { get; private set; }

        /// <summary>Whether the last item that was inserted is just before this index, or at it.</summary>
        public bool IsNextToLastInsert(int index) => index == _lastInsert + 1 || index == _lastInsert;

        public int LowerBound<TKey>(scoped TKey key)
            where TKey : ISortKey<T>, allows ref struct
        {
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (key.CompareTo(Items[middle]) > 0)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }

        public void Insert(int index, T item)
        {
            Array.Copy(Items, index, Items, index + 1, Count - index);
            Items[index] = item;
            Count++;
            _lastInsert = index;
        }

        public void RemoveAt(int index)
        {
            Count--;
            Array.Copy(Items, index + 1, Items, index, Count - index);
        }

        public void Append(Block other)
        {
            Array.Copy(other.Items, 0, Items, Count, other.Count);
            Count += other.Count;
        }

        public Block SplitOff(int kept)
        {
            var rest = new Block { Count = Count - kept };
            Array.Copy(Items, kept, rest.Items, 0, rest.Count);
            Count = kept;
            return rest;
        }
    }
}
