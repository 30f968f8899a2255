namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Finds the numbers that were added under a hash. It grows by linear hashing (Litwin, 1980): each addition splits one bucket, so
/// that no command ever waits while a table of millions is rebuilt, and a bucket holds about one number all along. What it knows of a
/// record it keeps in the record, so that a lookup does not go to a place of memory more than it must.
/// </summary>
internal sealed class HashIndex<T, TPlace>
    where T : unmanaged, ISlot
    where TPlace : IHashNodeOf<T>
{
    private const int FirstRound = 64;

    private readonly ChunkedArray<int> _buckets;
    private readonly Slab<T> _records;
    private int _count;

    // The buckets are those of this round, and those split off from the first of them, which the next round will have.
    private int _round = FirstRound;
    private int _split;

    public HashIndex(TableMemory memory, Slab<T> records)
    {
        _buckets = new(memory);
        _records = records;
        _buckets.Cover(FirstRound);
    }

    /// <summary>Where the numbers under this hash begin, those of other hashes among them; 0 where there are none.</summary>
    public ref int BucketFor(uint hash) => ref _buckets[BucketOf(hash)];

    /// <summary>The first number under this hash, or 0. Different keys may have one hash: the caller compares.</summary>
    public int First(uint hash) => FirstFrom(BucketFor(hash), hash);

    /// <summary>The same for one who knows already that none before <paramref name="number"/> in its bucket is under this hash.</summary>
    public int FirstFrom(int number, uint hash)
    {
        while (number != 0)
        {
            ref readonly var place = ref PlaceOf(number);
            if (place.Hash == hash)
                break;
            number = place.Next;
        }

        return number;
    }

    /// <summary>The number itself where it is under this hash, or 0; else the one behind it in its bucket, or 0.</summary>
    public int MatchOrNext(int number, uint hash) => number == 0 || PlaceOf(number).Hash == hash ? number : PlaceOf(number).Next;

    /// <summary>The next number under the same hash, or 0.</summary>
    public int Next(int number)
    {
        ref readonly var place = ref PlaceOf(number);
        return FirstFrom(place.Next, place.Hash);
    }

    /// <summary>Adds a record, which must be there already, and must be removed here before it goes.</summary>
    public void Add(uint hash, int number)
    {
        if (++_count > _round + _split)
            SplitOne();
        Push(number, hash);
    }

    public void Remove(int number)
    {
        ref var link = ref _buckets[BucketOf(PlaceOf(number).Hash)];
        while (link != number)
            link = ref PlaceOf(link).Next;
        link = PlaceOf(number).Next;
        _count--;
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
            var (hash, next) = (PlaceOf(rest).Hash, PlaceOf(rest).Next);
            Push(rest, hash);
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
        PlaceOf(number) = new HashNode { Hash = hash, Next = bucket };
        bucket = number;
    }

    private ref HashNode PlaceOf(int number) => ref TPlace.In(ref _records[number]);
}
