using P2PShare.Peer.Index;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Asks the server for owners, and leaves out this peer, from which nothing is fetched.</summary>
/// <param name="index">The server.</param>
/// <param name="isSelf">Whether an address is this peer's own.</param>
internal sealed class OtherOwners(IOwnerIndex index, Func<PeerAddress, bool> isSelf)
{
    /// <summary>The server knows peers that have a part of a content.</summary>
    public bool HasParts => index.Features.HasFlag(Features.Parts);

    /// <summary>The owners of a name.</summary>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation) =>
        WithoutSelf(await index.LocateAsync(name, cancellation));

    /// <summary>The owners of every file whose name begins with <paramref name="prefix"/> (UTF-8, in NFC).</summary>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<List<OwnerRow>> ListAsync(byte[] prefix, CancellationToken cancellation) =>
        WithoutSelf(await index.ListSharesAsync(prefix, cancellation));

    /// <summary>The owners of a content, and where the server knows them, of its parts.</summary>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<IReadOnlyList<ContentOwner>> FindAsync(FileId id, CancellationToken cancellation)
    {
        if (!HasParts)
            return ContentOwner.Of(WithoutSelf(await index.LocateAsync(id, cancellation)));
        var rows = await index.LocatePeersAsync(id, cancellation);
        return [.. rows.Where(row => !isSelf(row.Peer)).Select(row => new ContentOwner(id, row.Peer, row.IsWhole))];
    }

    private List<OwnerRow> WithoutSelf(IReadOnlyList<OwnerRow> rows) => [.. rows.Where(row => !isSelf(row.Owner))];
}
