using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Fetches the piece layer of a file from one owner and verifies it against the file id.</summary>
/// <param name="peer">The connection to the owner, of which nothing else may be requested meanwhile.</param>
/// <param name="state">The download's state: hashes are progress, as content is.</param>
/// <param name="time">The clock.</param>
internal sealed class LayerFetcher(PeerConnection peer, DownloadState state, TimeProvider time)
{
    // For one request of hashes, up to 256 KiB. Piece layers are small, and nothing else of the file can be fetched before.
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    // An owner that trickles hashes gives nothing, whatever their number; one that sends at least so many bytes a second does.
    private static readonly TimeSpan Patience = 3 * OwnerLimits.Stall;
    private const double LeastBytesPerSecond = 512;

    private long _requested;
    private TimeSpan _heldBackBefore;

    // What this peer's own limit costs is not the owner's time.
    private TimeSpan OwnersTime => time.GetElapsedTime(_requested) - (peer.HeldBack - _heldBackBefore);

    /// <summary>Null where the owner does not have the layer, or where another owner's copy came first.</summary>
    /// <param name="file">The file.</param>
    /// <param name="whenSlow">Called when a request has taken 2 s, and every 2 s from then on.</param>
    /// <exception cref="PeerViolationException">The owner sent something else than the file's piece layer.</exception>
    /// <exception cref="IOException">The owner closed the connection, stalled, or trickles the hashes.</exception>
    public async Task<PieceLayer?> FetchAsync(DownloadFile file, Action whenSlow)
    {
        var identity = file.Identity;
        var hashes = new byte[PieceLayer.LengthFor(identity)];
        using var slow = time.CreateTimer(_ => ReportIfSlow(whenSlow), null, SlowAfter, SlowAfter);
        for (var first = 0; first < identity.PieceCount; first += Limits.MaxHashesPerRequest)
        {
            var count = Math.Min(Limits.MaxHashesPerRequest, identity.PieceCount - first);
            var part = hashes.AsMemory(first * Limits.HashBytes, count * Limits.HashBytes);
            slow.Change(SlowAfter, SlowAfter);
            if (file.Layer is not null || !await TryFetchAsync(new Hashes(identity.Id, first, count), part))
                return null;
        }

        peer.StopStallTimer();
        return PieceLayer.TryCreate(identity, hashes)
            ?? throw new PeerViolationException("it sent a piece layer that does not lead to the file id");
    }

    private void ReportIfSlow(Action whenSlow)
    {
        if (OwnersTime >= SlowAfter)
            whenSlow();
    }

    private async Task<bool> TryFetchAsync(Hashes request, Memory<byte> hashes)
    {
        (_requested, _heldBackBefore) = (time.GetTimestamp(), peer.HeldBack);
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
            state.CountHashes(received);
            if (OwnersTime > Patience + TimeSpan.FromSeconds(filled / LeastBytesPerSecond))
                throw new PeerStalledException();
        }

        return true;
    }
}
