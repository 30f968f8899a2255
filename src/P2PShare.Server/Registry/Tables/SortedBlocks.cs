namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Items in order, in blocks of at most 512: an item is found, added and removed in logarithmic time and a short move of memory,
/// and what follows any place is read from there on, without copying the rest.
/// </summary>
internal sealed class SortedBlocks
{
    private const int BlockLength = 512;

    // Two neighbours that fit one block to three quarters become one. Less slack would merge and split it by turns.
    private const int MergedLength = BlockLength * 3 / 4;

    // Less, and names that are chosen for it would make a block for every few of them.
    private const int FewestKept = BlockLength / 4;

    private readonly List<Block> _blocks = [];
    private SortedEntry _none;

    public int BlockCount => _blocks.Count;

    /// <summary>The item at this place, to be changed there until the next one comes or goes; where none stands, one that is nobody's, with no entry.</summary>
    public ref SortedEntry Find<TPlace>(scoped TPlace place)
        where TPlace : ISortKey, allows ref struct
    {
        var (block, index) = LowerBound(place);
        if (block < _blocks.Count && place.CompareTo(_blocks[block].Items[index]) == 0)
            return ref _blocks[block].Items[index];
        _none = default;
        return ref _none;
    }

    /// <summary>Adds an item at a place where none stands.</summary>
    public void Insert<TPlace>(scoped TPlace place, SortedEntry item)
        where TPlace : ISortKey, allows ref struct
    {
        if (_blocks.Count == 0)
            _blocks.Add(new Block());
        var number = BlockFor(place);
        var index = _blocks[number].IndexOf(place);
        if (_blocks[number].Count == BlockLength)
            (number, index) = MakeRoom(number, index);
        _blocks[number].Insert(index, item);
    }

    /// <summary>Removes the item at a place where one stands.</summary>
    public void Remove<TPlace>(scoped TPlace place)
        where TPlace : ISortKey, allows ref struct
    {
        var (number, index) = LowerBound(place);
        var block = _blocks[number];
        block.RemoveAt(index);
        if (block.Count == 0)
            _blocks.RemoveAt(number);
        else if (!TryMergeWithNext(number) && number > 0)
            TryMergeWithNext(number - 1);
    }

    /// <summary>Copies the items that follow a place, in order, and gives their number: fewer than there is room for only at the end.</summary>
    public int CopyAfter<TPlace>(scoped TPlace place, Span<SortedEntry> items)
        where TPlace : ISortKey, allows ref struct
    {
        var (number, index) = LowerBound(place);
        if (number < _blocks.Count && place.CompareTo(_blocks[number].Items[index]) == 0)
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

    // Where an item goes whose place is in a full block. What is announced in order fills one block after the other instead of
    // leaving half of each empty, be it at the end of all or among other names; what comes in the opposite order does, too.
    private (int Block, int Index) MakeRoom(int number, int index)
    {
        if (index == BlockLength && number + 1 < _blocks.Count && _blocks[number + 1].Count < BlockLength)
            return (number + 1, 0);
        var kept = index == BlockLength || _blocks[number].IsRunAt(index) ? Math.Max(index, FewestKept) : BlockLength / 2;
        _blocks.Insert(number + 1, _blocks[number].SplitOff(kept));
        return index < kept || (index == kept && kept < BlockLength) ? (number, index) : (number + 1, index - kept);
    }

    // The first item that does not come before the place; past the last block where every item does.
    private (int Block, int Index) LowerBound<TPlace>(scoped TPlace place)
        where TPlace : ISortKey, allows ref struct
    {
        if (_blocks.Count == 0)
            return (0, 0);
        var number = BlockFor(place);
        var index = _blocks[number].IndexOf(place);
        return index < _blocks[number].Count ? (number, index) : (number + 1, 0);
    }

    // The last block that does not begin after the place, or the first.
    private int BlockFor<TPlace>(scoped TPlace place)
        where TPlace : ISortKey, allows ref struct
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (place.CompareTo(_blocks[middle].Items[0]) < 0)
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

    private sealed class Block
    {
        public SortedEntry[] Items { get; } = new SortedEntry[BlockLength];

        public int Count { get; private set; }

        private int _last;

        /// <summary>The last item that came stands just before, or just behind.</summary>
        public bool IsRunAt(int index) => index == _last + 1 || index == _last;

        public int IndexOf<TPlace>(scoped TPlace place)
            where TPlace : ISortKey, allows ref struct
        {
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (place.CompareTo(Items[middle]) > 0)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }

        public void Insert(int index, SortedEntry item)
        {
            Array.Copy(Items, index, Items, index + 1, Count++ - index);
            Items[index] = item;
            _last = index;
        }

        public void RemoveAt(int index) => Array.Copy(Items, index + 1, Items, index, --Count - index);

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
