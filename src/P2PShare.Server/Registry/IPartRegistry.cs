using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>
/// Who has a part of which content. A part is no entry: of all operations, only <see cref="FindPeers"/> returns it.
/// </summary>
internal interface IPartRegistry
{
    /// <summary>
    /// Adds an owner's part of a content, or replaces its address. Changes nothing where the owner has an entry with this content. A new
    /// part takes the room of an entry.
    /// </summary>
    PutResult PutPart(long owner, FileId id, PeerAddress address);

    /// <summary>Removes a part. False where that owner has no part of this content.</summary>
    bool RemovePart(long owner, FileId id);

    /// <summary>
    /// Chooses among the addresses of all who have the content or a part of it; at random where there are more than
    /// <paramref name="found"/> has room for, each with the same probability. An address is chosen once at most.
    /// </summary>
    /// <returns>How many were chosen.</returns>
    int FindPeers(FileId id, Span<FoundPeer> found);
}
