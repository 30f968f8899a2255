using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What every download of a peer uses.</summary>
/// <param name="Dial">Connects to owners.</param>
/// <param name="Identifier">Tells the content of files that exist already, and remembers that of fetched ones.</param>
/// <param name="Layers">The store of piece layers.</param>
/// <param name="Time">The clock of every timeout.</param>
/// <param name="Log">The log.</param>
internal sealed record DownloadServices(Dial Dial, ContentIdentifier Identifier, LayerStore Layers, TimeProvider Time, ILogger Log)
{
    /// <summary>Shares what is fetched; null where this peer does not.</summary>
    public Resharing? Resharing { get; init; }

    /// <summary>Asks what goes with files beside their content.</summary>
    public MetadataQuery Metadata => new(Dial, Limit, Time, Log);

    /// <summary>Fetched files get the modification times that they have at their owners.</summary>
    public bool KeepsTimes { get; init; } = true;

    /// <summary>The path of the file that this peer shares under a name; null where it shares none.</summary>
    public Func<FileName, string?> SharedPathOf { get; init; } = _ => null;

    /// <summary>The limit of all downloads together.</summary>
    public RateLimiter Limit { get; init; } = new(Time);

    /// <summary>The peers that have given verified pieces.</summary>
    public GivingPeers Giving { get; init; } = new();

    /// <summary>Decides where no piece is better than another; seeded in a simulation.</summary>
    public Random Random { get; init; } = Random.Shared;
}
