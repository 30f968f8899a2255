using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Lookups that will come in a moment. A lookup among a million names waits for five places of memory, one after the other; for many
/// lookups at once the processor fetches each of the five in one wait. Sixteen that come together take half of the time.
/// </summary>
internal sealed unsafe class LookupPrefetcher(HashIndex<Listing, Listing.Hashed> byName, Slab<Listing> listings, NameStore names, Slab<Entry> entries, OwnerTable owners)
{
    // More would push the first ones out of the processor's cache.
    private const int Most = 64;

    /// <summary>So many items behind the one whose turn it is must be known for their names to come in time.</summary>
    public const int NamesAhead = 32;

    private const int TypicalNameBytes = 40;

    // Of a thousand names in a table, three stand behind more than so many others of their bucket.
    private const int StepsInBucket = 2;

    private readonly uint[] _hashes = new uint[Most];
    private int _count;

    // Of no use but that what is read into it must be read.
    private byte _read;

    /// <summary>Notes a name by its <see cref="SeededHash"/>.</summary>
    public void Add(uint hash)
    {
        if (_count == Most)
            Fetch();
        _hashes[_count++] = hash;
    }

    /// <summary>Has what the lookups that were noted will read brought near: in each pass, what only the pass before made known.</summary>
    public void Fetch()
    {
        if (_count == 0)
            return;
        Span<int> numbers = stackalloc int[_count];
        var hashes = _hashes.AsSpan(0, _count);
        foreach (var hash in hashes)
            Bring(ref byName.BucketFor(hash));
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = byName.BucketFor(hashes[i]);
            if (numbers[i] != 0)
                Bring(ref listings[numbers[i]]);
        }

        for (var step = 0; step < StepsInBucket; step++)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                if (byName.MatchOrNext(numbers[i], hashes[i]) is var nearer && nearer != numbers[i] && (numbers[i] = nearer) != 0)
                    Bring(ref listings[nearer]);
            }
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = byName.FirstFrom(numbers[i], hashes[i]);
            if (numbers[i] == 0)
                continue;
            ref readonly var listing = ref listings[numbers[i]];
            BringName(listing.Name);
            Bring(ref entries[numbers[i] = listing.FirstEntry]);
        }

        foreach (var number in numbers)
        {
            if (number != 0)
                Bring(ref owners[entries[number].Owner]);
        }

        _count = 0;
    }

    /// <summary>
    /// To be said as each of the items is read in its turn: names that come later lie far apart where they were not announced in this
    /// order. A million of them in random order are read in half of the time.
    /// </summary>
    public void PrefetchNameAhead(ReadOnlySpan<SortedEntry> items, int turn)
    {
        if (turn + NamesAhead >= items.Length)
            return;
        BringName(items[turn + NamesAhead].Name);
    }

    // Where it ends is not known before it is there; as a rule, within what the processor fetches next.
    private void BringName(int number)
    {
        ref var name = ref names.PlaceOf(number);
        Bring(ref name);
        Bring(ref Unsafe.Add(ref name, TypicalNameBytes));
    }

    // The memory of the tables is never moved. Other processors can be asked for nothing but to read, which they go on past.
    private void Bring<T>(ref T record)
        where T : unmanaged
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref record));
        else
            _read ^= Unsafe.As<T, byte>(ref record);
    }
}
