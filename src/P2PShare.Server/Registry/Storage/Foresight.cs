namespace P2PShare.Server.Registry.Storage;

/// <summary>
/// Lookups that will come in a moment. A lookup among a million names waits for four places of memory, one after the other; for many
/// lookups at once the processor fetches each of the four in one wait. Sixteen that come together take two thirds of the time.
/// </summary>
internal sealed class Foresight(HashIndex<Listing, Listing.Hashed> byName, Slab<Listing> listings, NameStore names, Slab<Entry> entries)
{
    // More would push the first ones out of the processor's cache.
    private const int Most = 64;

    private readonly uint[] _hashes = new uint[Most];
    private int _count;

    // Of no use but that what is read into it must be read.
    private int _fetched;

    /// <summary>Notes a name by its <see cref="SeededHash"/>.</summary>
    public void Add(uint hash)
    {
        if (_count == Most)
            Fetch();
        _hashes[_count++] = hash;
    }

    /// <summary>Reads what the lookups that were noted will read, in passes so short that the processor is in the next before it has what the last one asked for.</summary>
    public void Fetch()
    {
        if (_count == 0)
            return;
        Span<int> found = stackalloc int[_count];
        for (var i = 0; i < found.Length; i++)
            found[i] = byName.First(_hashes[i]);
        foreach (var listing in found)
        {
            if (listing != 0)
                _fetched ^= names.LengthOf(listings[listing].Name) ^ entries[listings[listing].FirstEntry].Port;
        }

        _count = 0;
    }
}
