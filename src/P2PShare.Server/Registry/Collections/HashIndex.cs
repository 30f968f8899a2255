namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Finds the numbers of records by hash. It grows by linear hashing (Litwin, 1980): each addition splits one bucket, so that no
/// command waits while a table of millions is rebuilt, and a bucket holds about one record at any size. Hash and chain are kept in
/// the record itself, which saves a lookup one cache miss.
/// </summary>
internal sealed class HashIndex<T, TNode>
    where T : unmanaged, ISlot
    where TNode : IHashNodeOf<T>
{
    private const int InitialBuckets = 64;

    private readonly ChunkedArray<int> _buckets;
    private readonly Slab<T> _records;
    private int _count;

    // There are _roundBuckets + _split buckets: those before _split were already split in this round.
    private int _roundBuckets = InitialBuckets;
    private int _split;

    public HashIndex(TableMemory memory, Slab<T> records)
    {
        _buckets = new(memory);
        _records = records;
        _buckets.EnsureIndex(InitialBuckets);
    }

    /// <summary>The head of the bucket for this hash, or 0. The chain may contain other hashes.</summary>
    public ref int BucketFor(uint hash) => ref _buckets[BucketOf(hash)];

    /// <summary>The first number with this hash, or 0. Different keys may have the same hash: the caller compares the keys.</summary>
    public int First(uint hash) => FirstFrom(BucketFor(hash), hash);

    /// <summary>The first number with this hash in a bucket's chain from <paramref name="number"/> on, or 0.</summary>
    public int FirstFrom(int number, uint hash)
    {
        while (number != 0)
        {
            ref readonly var node = ref NodeOf(number);
            if (node.Hash == hash)
                break;
            number = node.Next;
        }

        return number;
    }

    /// <summary>One step of <see cref="FirstFrom"/>: the number itself where it has this hash, else the next in its chain, or 0.</summary>
    public int MatchOrNext(int number, uint hash) => number == 0 || NodeOf(number).Hash == hash ? number : NodeOf(number).Next;

    /// <summary>The next number with the same hash, or 0.</summary>
    public int Next(int number)
    {
        ref readonly var node = ref NodeOf(number);
        return FirstFrom(node.Next, node.Hash);
    }

    /// <summary>Adds a record, which must already be in the slab and must be removed from the index before it is removed there.</summary>
    public void Add(uint hash, int number)
    {
        _count++;
        if (_count > _roundBuckets + _split)
            SplitBucket();
        Push(number, hash);
    }

    public void Remove(int number)
    {
        ref var link = ref _buckets[BucketOf(NodeOf(number).Hash)];
        while (link != number)
            link = ref NodeOf(link).Next;
        link = NodeOf(number).Next;
        _count--;
    }

    private int BucketOf(uint hash)
    {
        var bucket = (int)(hash & (uint)(_roundBuckets - 1));
        return bucket < _split ? (int)(hash & (uint)(2 * _roundBuckets - 1)) : bucket;
    }

    private void SplitBucket()
    {
        var rest = _buckets[_split];
        _buckets[_split] = 0;
        _buckets.EnsureIndex(_roundBuckets + _split);
        _split++;
        while (rest != 0)
        {
            var (hash, next) = (NodeOf(rest).Hash, NodeOf(rest).Next);
            Push(rest, hash);
            rest = next;
        }

        if (_split < _roundBuckets)
            return;
        _roundBuckets *= 2;
        _split = 0;
    }

    private void Push(int number, uint hash)
    {
        ref var bucket = ref _buckets[BucketOf(hash)];
        NodeOf(number) = new HashNode { Hash = hash, Next = bucket };
        bucket = number;
    }

    private ref HashNode NodeOf(int number) => ref TNode.In(ref _records[number]);
}
