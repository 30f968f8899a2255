using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Chooses the owner for a REQUEST: an owner of the content that most owners of the name agree on, and of these the one with the
/// fewest recent requests. Equals are chosen round robin.
/// </summary>
internal sealed class OwnerSelector(ListingTable byName, Slab<Listing> listings, Slab<Entry> entries, OwnerTable owners)
{
    // How many entries of a listing are compared by their owners' recent requests.
    private const int MaxCandidates = 8;

    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(entries);

    /// <param name="name">The file.</param>
    /// <param name="period">The number of the current period; a request counts half as much after each.</param>
    public EncodedAddress? Choose(FileName name, int period)
    {
        var (best, agreement, requests) = (0, 0, 0);
        for (var listing = byName.First(name); listing != 0; listing = byName.Next(listing))
        {
            if (listings[listing].Agreement < agreement)
                continue;
            var candidate = LeastRequested(listing, period);
            var candidateRequests = RecentRequests(candidate, period);
            if (best == 0 || listings[listing].Agreement > agreement || candidateRequests < requests)
                (best, agreement, requests) = (candidate, listings[listing].Agreement, candidateRequests);
        }

        if (best == 0)
            return null;
        var entry = entries[best];
        owners[entry.Owner].CountRequest(period);
        _rings.MoveToBack(ref listings[entry.Listing].FirstEntry, best);
        return owners.AddressOf(entry.Owner, owners.PortOf(best));
    }

    private int LeastRequested(int listing, int period)
    {
        var first = listings[listing].FirstEntry;
        var least = first;
        var candidate = _rings.Next(first);
        for (var i = 1; i < MaxCandidates && candidate != first; i++, candidate = _rings.Next(candidate))
        {
            if (RecentRequests(candidate, period) < RecentRequests(least, period))
                least = candidate;
        }

        return least;
    }

    private int RecentRequests(int entry, int period) => owners[entries[entry].Owner].RecentRequests(period);
}
