using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Reporting;

/// <summary>What a download took from the network.</summary>
/// <param name="FetchedBytes">Bytes of content that were received, right or wrong.</param>
/// <param name="Owners">Owners of whose pieces at least one was verified.</param>
/// <param name="FoundBytes">Bytes of content that older versions on this machine held, and that were not fetched.</param>
/// <param name="RejectedOwners">Owners that sent a wrong piece or broke the protocol, in the order in which they were found out.</param>
internal sealed record TransferSummary(long FetchedBytes, long FoundBytes, int Owners, IReadOnlyList<PeerAddress> RejectedOwners)
{
    /// <summary>Nothing was fetched.</summary>
    public static TransferSummary None { get; } = new(0, 0, 0, []);
}
