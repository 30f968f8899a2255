using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Index;

/// <summary>
/// What a download needs of the server: who owns which file. Every method may throw <see cref="IOException"/> where the server is
/// unavailable.
/// </summary>
internal interface IOwnerIndex
{
    /// <summary>
    /// The features that the server named. Without <see cref="Features.Swarm"/> only <see cref="RequestAsync"/> may be called;
    /// <see cref="LocatePeersAsync"/> needs <see cref="Features.Parts"/>.
    /// </summary>
    Features Features { get; }

    /// <summary>REQUEST: one owner, or null where there is none.</summary>
    Task<PeerAddress?> RequestAsync(FileName name, CancellationToken cancellation);

    /// <summary>LOCATE: the owners of this name.</summary>
    Task<IReadOnlyList<OwnerRow>> LocateAsync(FileName name, CancellationToken cancellation);

    /// <summary>LOCATE_ID: the owners of this content.</summary>
    Task<IReadOnlyList<OwnerRow>> LocateAsync(FileId id, CancellationToken cancellation);

    /// <summary>LOCATE_PEERS: the peers that have this content or a part of it, in random order; this client may be one of them.</summary>
    Task<IReadOnlyList<PeerRow>> LocatePeersAsync(FileId id, CancellationToken cancellation);

    /// <summary>
    /// LIST_SHARES: every owner of every file whose name begins with <paramref name="prefix"/> (UTF-8, in NFC), in the order of the names.
    /// </summary>
    Task<IReadOnlyList<OwnerRow>> ListSharesAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellation);
}
