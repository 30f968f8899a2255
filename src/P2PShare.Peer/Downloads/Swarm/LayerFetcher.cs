using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Fetches the piece layer of a file from one owner and verifies it against the file id.</summary>
internal static class LayerFetcher
{
    // For one request of hashes, up to 256 KiB: an owner that trickles them would keep the other owners from opening the file.
    private static readonly TimeSpan Patience = 3 * OwnerLimits.Stall;

    /// <summary>Null where the owner does not have it. Nothing else may be requested of the owner meanwhile.</summary>
    /// <exception cref="PeerViolationException">The owner sent something else than the file's piece layer.</exception>
    /// <exception cref="IOException">The owner closed the connection or stalled.</exception>
    public static async Task<PieceLayer?> FetchAsync(PeerConnection peer, FileIdentity identity, TimeProvider time)
    {
        var hashes = new byte[PieceLayer.LengthFor(identity)];
        for (var first = 0; first < identity.PieceCount; first += Limits.MaxHashesPerRequest)
        {
            var count = Math.Min(Limits.MaxHashesPerRequest, identity.PieceCount - first);
            var part = hashes.AsMemory(first * Limits.HashBytes, count * Limits.HashBytes);
            if (!await TryFetchAsync(peer, new Hashes(identity.Id, first, count), part, time))
                return null;
        }

        peer.StopStallTimer();
        return PieceLayer.TryCreate(identity, hashes)
            ?? throw new PeerViolationException("it sent a piece layer that does not lead to the file id");
    }

    private static async Task<bool> TryFetchAsync(PeerConnection peer, Hashes request, Memory<byte> hashes, TimeProvider time)
    {
        var requested = time.GetTimestamp();
        peer.Ask(request);
        var reply = await peer.ReadReplyAsync();
        if (reply.Kind != PeerReplyKind.Data)
            return false;
        if (reply.Number != hashes.Length)
            throw new PeerViolationException("it sent a piece layer of the wrong length");
        for (var filled = 0; filled < hashes.Length;)
        {
            var received = await peer.ReadDataAsync(hashes[filled..]);
            if (received == 0)
                throw new PeerEndedException();
            filled += received;
            if (time.GetElapsedTime(requested) > Patience)
                throw new PeerStalledException();
        }

        return true;
    }
}
