using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Finds the entries for LOCATE and LOCATE_ID. Where there are more than the answer has room for, each content gets at least one
/// row, and later answers go on round robin.
/// </summary>
internal sealed class OwnerFinder(
    ListingTable byName,
    Slab<Listing> listings,
    NameStore names,
    Slab<Entry> entries,
    ContentTable contents,
    OwnerTable owners)
{
    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(entries);
    private int _lookups;

    public void Find(FileName name, FileRows found)
    {
        var (best, others) = (0, -1);
        for (var listing = byName.First(name); listing != 0; listing = byName.Next(listing), others++)
        {
            if (best == 0 || listings[listing].Agreement > listings[best].Agreement)
                best = listing;
        }

        if (best == 0)
            return;
        AddEntries(best, found, reserved: others);

        // Where there is no room for every content, each lookup begins with another one.
        var first = 0;
        if (others > found.Room)
        {
            first = (int)((uint)_lookups % (uint)others);
            _lookups++;
        }

        AddOthers(name, best, found, first, others, reserved: first);
        AddOthers(name, best, found, 0, first, reserved: 0);
    }

    public void Find(FileId id, FileRows found)
    {
        var first = contents.FirstOf(id);
        if (first == 0 || found.Room == 0)
            return;
        var others = contents.CountOthers(first, max: found.Room - 1);
        AddListings(first, found, reserved: others);
        for (var left = others - 1; left >= 0; left--)
            AddListings(contents.RotateOthers(first), found, reserved: left);
    }

    // Adds entries of a name's listings without the best one: those with an index in from..to among them. So many rows stay
    // reserved for what is added afterwards.
    private void AddOthers(FileName name, int best, FileRows found, int from, int to, int reserved)
    {
        var index = 0;
        for (var listing = byName.First(name); listing != 0 && index < to; listing = byName.Next(listing))
        {
            if (listing == best)
                continue;
            if (index >= from)
                AddEntries(listing, found, reserved: to - index - 1 + reserved);
            index++;
        }
    }

    // Adds entries of a content under all its names. The next lookup begins with the listing after the last one added.
    private void AddListings(int content, FileRows found, int reserved)
    {
        var first = contents[content].FirstListing;
        var listing = first;
        do
        {
            AddEntries(listing, found, reserved);
            listing = contents.NextListing(listing);
        }
        while (listing != first && found.Room > reserved);
        contents[content].FirstListing = listing;
    }

    // Adds entries of a listing, but leaves the reserved rows free; the listing gets one row in any case while there is room. The
    // next lookup begins with the entry after the last one added.
    private void AddEntries(int listing, FileRows found, int reserved)
    {
        var count = Math.Min(listings[listing].Entries, Math.Min(found.Room, Math.Max(1, found.Room - reserved)));
        var entry = listings[listing].FirstEntry;
        for (; count > 0; count--, entry = _rings.Next(entry))
            AddRow(entry, found);
        listings[listing].FirstEntry = entry;
    }

    private void AddRow(int number, FileRows found)
    {
        ref readonly var entry = ref entries[number];
        ref readonly var listing = ref listings[entry.Listing];
        var identity = contents.IdentityOf(listing.Content);
        found.Add(owners[entry.Owner].Number, names[listing.Name], owners.IpOf(entry.Owner), owners.PortOf(number), identity);
    }
}
