using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>The listings by name. A listing is created with its first entry and removed with its last.</summary>
internal sealed class ListingTable(
    HashIndex<Listing, Listing.Hashed> byName,
    Slab<Listing> listings,
    NameStore names,
    Slab<Entry> entries,
    ContentTable contents)
{
    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(entries);

    /// <summary>The first listing of a name, or 0.</summary>
    public int First(FileName name)
    {
        var bytes = name.Utf8.Span;
        return FirstNamed(bytes, byName.First(SeededHash.Of(bytes)));
    }

    /// <summary>The next listing of the same name, or 0.</summary>
    public int Next(int listing) => FirstNamed(names[listings[listing].Name], byName.Next(listing));

    /// <summary>Adds an entry to the listing of this name and content.</summary>
    public void AddEntry(int entry, FileName name, FileIdentity? identity)
    {
        var content = contents.GetOrAdd(identity);
        var listing = First(name);
        while (listing != 0 && listings[listing].Content != content)
            listing = Next(listing);
        if (listing == 0)
            listing = Add(name.Utf8.Span, content);
        entries[entry].Listing = listing;
        _rings.Append(ref listings[listing].FirstEntry, entry);
        listings[listing].Entries++;
        contents.CountEntry(content);
    }

    public void RemoveEntry(int entry)
    {
        var listing = entries[entry].Listing;
        _rings.Remove(ref listings[listing].FirstEntry, entry);
        listings[listing].Entries--;
        contents.CountEntry(listings[listing].Content, -1);
        if (listings[listing].Entries == 0)
            Remove(listing);
    }

    // Different names may have the same hash.
    private int FirstNamed(ReadOnlySpan<byte> name, int listing)
    {
        while (listing != 0 && !names[listings[listing].Name].SequenceEqual(name))
            listing = byName.Next(listing);
        return listing;
    }

    private int Add(ReadOnlySpan<byte> name, int content)
    {
        var listing = listings.Add(new Listing { Name = names.Add(name), Content = content });
        byName.Add(SeededHash.Of(name), listing);
        contents.AddListing(listing);
        return listing;
    }

    private void Remove(int listing)
    {
        contents.RemoveListing(listing);
        byName.Remove(listing);
        names.Remove(listings[listing].Name);
        listings.Remove(listing);
    }
}
