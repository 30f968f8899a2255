namespace P2PShare.Server.Registry.Storage;

/// <summary>
/// Finds the numbers that were added under a hash. It grows by linear hashing (Litwin, 1980): each addition splits one bucket, so
/// that no command ever waits while a table of millions is rebuilt, and a bucket holds about one number all along.
/// </summary>
internal sealed class HashIndex
{
    private const int FirstRound = 64;

    private readonly ChunkedArray<int> _buckets = new();
    private readonly ChunkedArray<Node> _nodes = new();
    private int _count;

    // The buckets are those of this round, and those split off from the first of them, which the next round will have.
    private int _round = FirstRound;
    private int _split;

    public HashIndex() => _buckets.Cover(FirstRound);

    /// <summary>The first number under this hash, or 0. Different keys may have one hash: the caller compares.</summary>
    public int First(uint hash) => FirstIn(_buckets[BucketOf(hash)], hash);

    /// <summary>The next number under the same hash, or 0.</summary>
    public int Next(int number)
    {
        var node = _nodes[number];
        return FirstIn(node.Next, node.Hash);
    }

    public void Add(uint hash, int number)
    {
        if (++_count > _round + _split)
            SplitOne();
        _nodes.Cover(number);
        Push(number, hash);
    }

    public void Remove(int number)
    {
        ref var place = ref _buckets[BucketOf(_nodes[number].Hash)];
        while (place != number)
            place = ref _nodes[place].Next;
        place = _nodes[number].Next;
        _count--;
    }

    private int FirstIn(int number, uint hash)
    {
        while (number != 0 && _nodes[number].Hash != hash)
            number = _nodes[number].Next;
        return number;
    }

    private int BucketOf(uint hash)
    {
        var bucket = (int)(hash & (uint)(_round - 1));
        return bucket < _split ? (int)(hash & (uint)(2 * _round - 1)) : bucket;
    }

    private void SplitOne()
    {
        var rest = _buckets[_split];
        _buckets[_split] = 0;
        _buckets.Cover(_round + _split);
        _split++;
        while (rest != 0)
        {
            var next = _nodes[rest].Next;
            Push(rest, _nodes[rest].Hash);
            rest = next;
        }

        if (_split < _round)
            return;
        _round *= 2;
        _split = 0;
    }

    private void Push(int number, uint hash)
    {
        ref var bucket = ref _buckets[BucketOf(hash)];
        _nodes[number] = new Node { Hash = hash, Next = bucket };
        bucket = number;
    }

    private struct Node
    {
        public uint Hash;
        public int Next;
    }
}
