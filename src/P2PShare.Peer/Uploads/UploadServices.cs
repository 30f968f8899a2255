using P2PShare.Networking.Security;
using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using Serilog;

namespace P2PShare.Peer.Uploads;

/// <summary>What every conversation on the peer port uses.</summary>
/// <param name="Shared">What is served; nothing else is.</param>
/// <param name="Layers">The piece layers of the shared files.</param>
/// <param name="Giving">Who is served first.</param>
/// <param name="Slots">The upload slots.</param>
/// <param name="Time">The clock of every time-out.</param>
/// <param name="Log">The log of the requests.</param>
internal sealed record UploadServices(
    SharedFiles Shared, LayerStore Layers, GivingPeers Giving, UploadSlots Slots, TimeProvider Time, ILogger Log)
{
    /// <summary>The limit of all uploads together.</summary>
    public RateLimiter Limit { get; init; } = new(Time);

    /// <summary>Does TLS handshakes with requesters; null where this peer serves in clear text only.</summary>
    public TlsAcceptor? Tls { get; init; }

    /// <summary>Who fetches what from this peer.</summary>
    public RequesterFetches Fetches { get; init; } = new(Time);
}
