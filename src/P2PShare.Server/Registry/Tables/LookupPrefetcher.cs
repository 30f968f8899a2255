using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Prefetches the cache lines that the noted lookups will read. Each pass uses the addresses that the pass before it loaded. A lookup
/// among a million names has five cache misses, one after the other; in a batch, the misses of all its lookups overlap. Sixteen
/// lookups that come together take half of the time.
/// </summary>
internal sealed unsafe class LookupPrefetcher(
    HashIndex<Listing, Listing.Hashed> byName,
    Slab<Listing> listings,
    NameStore names,
    Slab<Entry> entries,
    OwnerTable owners)
{
    /// <summary>How far ahead names are prefetched, in items. Fewer arrive too late, more evict each other.</summary>
    public const int NamesAhead = 32;

    // More lookups would evict the lines of the first ones from the cache.
    private const int MaxBatch = 64;

    private const int TypicalNameBytes = 40;

    // Of a thousand names, three have more than this many others before them in their bucket.
    private const int BucketSteps = 2;

    private readonly uint[] _hashes = new uint[MaxBatch];
    private int _count;

    // Keeps the compiler from removing the read.
    private byte _read;

    /// <summary>Notes that a name with this <see cref="SeededHash"/> will be looked up.</summary>
    public void Note(uint hash)
    {
        if (_count == MaxBatch)
            Prefetch();
        _hashes[_count] = hash;
        _count++;
    }

    /// <summary>Prefetches for the lookups that were noted since the last call.</summary>
    public void Prefetch()
    {
        if (_count == 0)
            return;
        Span<int> numbers = stackalloc int[_count];
        var hashes = _hashes.AsSpan(0, _count);
        _count = 0;
        foreach (var hash in hashes)
            PrefetchLine(ref byName.BucketFor(hash));
        PrefetchListings(hashes, numbers);
        PrefetchEntries(hashes, numbers);
        foreach (var entry in numbers)
        {
            if (entry != 0)
                PrefetchLine(ref owners[entries[entry].Owner]);
        }
    }

    /// <summary>
    /// Prefetches the name that comes <see cref="NamesAhead"/> items after this one. A million names that were announced in random order
    /// are read in half of the time.
    /// </summary>
    public void PrefetchNameAhead(ReadOnlySpan<SortedEntry> items, int index)
    {
        if (index + NamesAhead < items.Length)
            PrefetchName(items[index + NamesAhead].Name);
    }

    // Leaves in numbers the listing where each lookup's search of its bucket goes on.
    private void PrefetchListings(ReadOnlySpan<uint> hashes, Span<int> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = byName.BucketFor(hashes[i]);
            if (numbers[i] != 0)
                PrefetchLine(ref listings[numbers[i]]);
        }

        for (var step = 0; step < BucketSteps; step++)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                var next = byName.MatchOrNext(numbers[i], hashes[i]);
                if (next == numbers[i])
                    continue;
                numbers[i] = next;
                if (next != 0)
                    PrefetchLine(ref listings[next]);
            }
        }
    }

    // Takes the listings that the pass before left in numbers, and leaves there the first entry of each.
    private void PrefetchEntries(ReadOnlySpan<uint> hashes, Span<int> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = byName.FirstFrom(numbers[i], hashes[i]);
            if (numbers[i] == 0)
                continue;
            ref readonly var listing = ref listings[numbers[i]];
            PrefetchName(listing.Name);
            numbers[i] = listing.FirstEntry;
            PrefetchLine(ref entries[listing.FirstEntry]);
        }
    }

    // The length is not loaded yet. Most names end within these two cache lines or in the one that the processor fetches after them.
    private void PrefetchName(int number)
    {
        ref var name = ref names.FirstByteOf(number);
        PrefetchLine(ref name);
        PrefetchLine(ref Unsafe.Add(ref name, TypicalNameBytes));
    }

    // The tables' memory is pinned. Without the prefetch instruction of x86 it is a read, which the processor does not wait for.
    private void PrefetchLine<T>(ref T record)
        where T : unmanaged
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref record));
        else
            _read ^= Unsafe.As<T, byte>(ref record);
    }
}
