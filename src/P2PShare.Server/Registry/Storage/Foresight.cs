using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace P2PShare.Server.Registry.Storage;

/// <summary>
/// Lookups that will come in a moment. A lookup among a million names waits for four places of memory, one after the other; for many
/// lookups at once the processor fetches each of the four in one wait. Sixteen that come together take half of the time.
/// </summary>
internal sealed unsafe class Foresight(HashIndex<Listing, Listing.Hashed> byName, Slab<Listing> listings, NameStore names, Slab<Entry> entries)
{
    // More would push the first ones out of the processor's cache.
    private const int Most = 64;

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

        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] == 0 || byName.First(hashes[i]) is not (> 0 and var number))
                continue;
            Bring(ref names.PlaceOf(listings[number].Name));
            Bring(ref entries[listings[number].FirstEntry]);
        }

        _count = 0;
    }

    /// <summary>Has the names of these brought near, which lie far apart where they were not announced in order.</summary>
    public void Bring(ReadOnlySpan<SortedItem> items)
    {
        foreach (var item in items)
            Bring(ref names.PlaceOf(item.Name));
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
