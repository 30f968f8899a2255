using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// Chooses the owner for a REQUEST: an owner of the content that most owners of the name agree on, and of these the one with the
/// fewest recent requests. Equals are chosen round robin. Sessions of servers in doubt come after all others.
/// </summary>
internal sealed class OwnerSelector(
    ListingTable byName, Slab<Listing> listings, Slab<Entry> entries, OwnerTable owners, DoubtfulServers doubt)
{
    // How many entries of a listing are compared by their owners' recent requests.
    private const int MaxCandidates = 8;

    // How many entries of servers in doubt are moved out of the way for one lookup. The next one goes on from there.
    private const int MaxMoved = 1024;

    private readonly IntrusiveRing<Entry, Entry.InListingRing> _rings = new(entries);

    /// <param name="name">The file.</param>
    /// <param name="period">The number of the current period; a request counts half as much after each.</param>
    public EncodedAddress? Choose(FileName name, int period)
    {
        var (best, agreement, requests, isDoubtful) = (0, 0, 0, false);
        for (var listing = byName.First(name); listing != 0; listing = byName.Next(listing))
        {
            if (doubt.Any)
                MoveDoubtfulBack(listing);
            if (listings[listing].Agreement < agreement && !isDoubtful)
                continue;
            var candidate = LeastRequested(listing, period);
            var (candidateRequests, isCandidateDoubtful) = (RecentRequests(candidate, period), IsDoubtful(candidate));
            var isBetter = isCandidateDoubtful == isDoubtful
                ? listings[listing].Agreement > agreement || (listings[listing].Agreement == agreement && candidateRequests < requests)
                : isDoubtful;
            if (best == 0 || isBetter)
                (best, agreement, requests, isDoubtful) = (candidate, listings[listing].Agreement, candidateRequests, isCandidateDoubtful);
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
            if (RecentRequests(candidate, period) < RecentRequests(least, period) && !IsDoubtful(candidate))
                least = candidate;
        }

        return least;
    }

    // Until the first entry is not in doubt, so that the one that is chosen is not either where there is one.
    private void MoveDoubtfulBack(int listing)
    {
        var left = Math.Min(listings[listing].Entries, MaxMoved);
        for (; left > 0 && IsDoubtful(listings[listing].FirstEntry); left--)
            listings[listing].FirstEntry = _rings.Next(listings[listing].FirstEntry);
    }

    private bool IsDoubtful(int entry) => doubt.Any && doubt.Have(owners[entries[entry].Owner].Number);

    private int RecentRequests(int entry, int period) => owners[entries[entry].Owner].RecentRequests(period);
}
