using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Downloads;

/// <summary>Which of the contents that stand under one name is meant.</summary>
/// <param name="Identity">The content chosen; null where no owner says what it has (plain owners), or none fits.</param>
/// <param name="Others">How many other contents stand under the name.</param>
/// <param name="PlainOwners">Owners that do not say what they have.</param>
internal sealed record ContentChoice(FileIdentity? Identity, int Others, IReadOnlyList<PeerAddress> PlainOwners)
{
    /// <summary>The content that most owners have; among equals the lowest id, so that everybody chooses the same.</summary>
    /// <param name="rows">The owners of one name.</param>
    /// <param name="idPrefix">Where given, only contents whose id begins so.</param>
    public static ContentChoice Of(IEnumerable<OwnerRow> rows, string? idPrefix)
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

        var fitting = known
            .Select(pair => (Identity: pair.Key, Owners: pair.Value.Count, Id: pair.Key.Id.ToString()))
            .Where(content => idPrefix is null || content.Id.StartsWith(idPrefix, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(content => content.Owners)
            .ThenBy(content => content.Id, StringComparer.Ordinal)
            .ToList();
        return new ContentChoice(fitting.Count > 0 ? fitting[0].Identity : null, known.Count - Math.Min(1, fitting.Count), plain);
    }
}
