using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Which of the contents that owners announced under one name is fetched.</summary>
/// <param name="Identity">The chosen content; null where every owner is plain, or no content fits.</param>
/// <param name="Others">How many other contents the name stands for.</param>
/// <param name="PlainOwners">Owners that speak only protocol 1.0, which does not say which content they have.</param>
internal sealed record ContentChoice(FileIdentity? Identity, int Others, IReadOnlyList<PeerAddress> PlainOwners)
{
    /// <summary>Chooses the content that most owners have; among equals the lowest id, so that every peer chooses the same.</summary>
    /// <param name="rows">The owners of one name.</param>
    /// <param name="idPrefix">Hex digits that the id must begin with; null for any.</param>
    public static ContentChoice Of(IReadOnlyList<OwnerRow> rows, string? idPrefix)
    {
        var known = new Dictionary<FileIdentity, HashSet<PeerAddress>>();
        var plain = new List<PeerAddress>();
        foreach (var row in rows)
        {
            if (row.Identity is not { } identity)
                plain.Add(row.Owner);
            else if (known.TryGetValue(identity, out var owners))
                owners.Add(row.Owner);
            else
                known.Add(identity, [row.Owner]);
        }

        // A loop and no query: it runs once for each of the ten thousand files of a folder.
        (FileIdentity? chosen, var most, var lowest) = (null, 0, "");
        foreach (var (identity, owners) in known)
        {
            var id = identity.Id.ToString();
            if (idPrefix is not null && !id.StartsWith(idPrefix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (owners.Count > most || (owners.Count == most && string.CompareOrdinal(id, lowest) < 0))
                (chosen, most, lowest) = (identity, owners.Count, id);
        }

        return new ContentChoice(chosen, known.Count - (chosen is null ? 0 : 1), plain);
    }
}
