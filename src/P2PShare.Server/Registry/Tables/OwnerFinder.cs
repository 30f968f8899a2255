using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Finds the entries for LOCATE and LOCATE_ID. Where there are more than the answer has room for, each content gets at least one
/// row, and later answers go on round robin. Sessions of servers in doubt come after all others.
/// </summary>
internal sealed class OwnerFinder(EntryTable table, DoubtfulServers doubt)
{
    // How many entries that are not to be shown are passed over for one listing.
    private const int MaxPassedOver = 1024;

    private readonly ListingTable _byName = table.ByName;
    private readonly Slab<Listing> _listings = table.Listings;
    private readonly ContentTable _contents = table.Contents;
    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(table.Entries);
    private int _lookups;

    // Whether the entries of servers in doubt are looked for, or all others.
    private bool _seeksDoubtful;

    public void Find(FileName name, FileRows found)
    {
        FindListed(name, found);
        _seeksDoubtful = doubt.Any;
        if (_seeksDoubtful)
            FindListed(name, found);
        _seeksDoubtful = false;
    }

    public void Find(FileId id, FileRows found)
    {
        FindListed(id, found);
        _seeksDoubtful = doubt.Any;
        if (_seeksDoubtful)
            FindListed(id, found);
        _seeksDoubtful = false;
    }

    private void FindListed(FileName name, FileRows found)
    {
        var (best, others) = (0, -1);
        for (var listing = _byName.First(name); listing != 0; listing = _byName.Next(listing), others++)
        {
            if (best == 0 || _listings[listing].Agreement > _listings[best].Agreement)
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

    private void FindListed(FileId id, FileRows found)
    {
        var first = _contents.FirstOf(id);
        if (first == 0 || found.Room == 0)
            return;
        var others = _contents.CountOthers(first, max: found.Room - 1);
        AddListings(first, found, reserved: others);
        for (var left = others - 1; left >= 0; left--)
            AddListings(_contents.RotateOthers(first), found, reserved: left);
    }

    // Adds entries of a name's listings without the best one: those with an index in from..to among them. So many rows stay
    // reserved for what is added afterwards.
    private void AddOthers(FileName name, int best, FileRows found, int from, int to, int reserved)
    {
        var index = 0;
        for (var listing = _byName.First(name); listing != 0 && index < to; listing = _byName.Next(listing))
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
        var first = _contents[content].FirstListing;
        var listing = first;
        do
        {
            AddEntries(listing, found, reserved);
            listing = _contents.NextListing(listing);
        }
        while (listing != first && found.Room > reserved);
        _contents[content].FirstListing = listing;
    }

    // Adds entries of a listing, but leaves the reserved rows free; the listing gets one row in any case while there is room. The
    // next lookup begins with the entry after the last one added.
    private void AddEntries(int listing, FileRows found, int reserved)
    {
        var count = Math.Min(_listings[listing].Entries, Math.Min(found.Room, Math.Max(1, found.Room - reserved)));
        var left = Math.Min(_listings[listing].Entries, count + MaxPassedOver);
        var entry = _listings[listing].FirstEntry;
        for (; count > 0 && left > 0; left--, entry = _rings.Next(entry))
        {
            if (TryAddRow(entry, found))
                count--;
        }

        _listings[listing].FirstEntry = entry;
    }

    private bool TryAddRow(int number, FileRows found)
    {
        ref readonly var entry = ref table.Entries[number];
        ref readonly var listing = ref _listings[entry.Listing];
        var owners = table.Owners;
        if (doubt.Have(owners[entry.Owner].Number) != _seeksDoubtful || table.IsHidden(entry.Owner, listing.Name))
            return false;
        var identity = _contents.IdentityOf(listing.Content);
        found.Add(owners[entry.Owner].Number, table.Names[listing.Name], owners.IpOf(entry.Owner), owners.PortOf(number), identity);
        return true;
    }
}
