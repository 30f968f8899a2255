using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Peers;

/// <summary>A peer that has a content, as the server says.</summary>
/// <param name="Content">The content.</param>
/// <param name="Address">Where the peer serves it.</param>
/// <param name="IsWhole">False where it has a part: it is fetching the content itself.</param>
internal readonly record struct ContentOwner(FileId Content, PeerAddress Address, bool IsWhole)
{
    /// <summary>The owners in rows of whole files. Owners whose content is unknown are left out.</summary>
    public static IReadOnlyList<ContentOwner> Of(IReadOnlyList<OwnerRow> rows)
    {
        // A loop and no query: a folder has tens of thousands of rows.
        var owners = new List<ContentOwner>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Identity is { } identity)
                owners.Add(new ContentOwner(identity.Id, row.Owner, IsWhole: true));
        }

        return owners;
    }
}
