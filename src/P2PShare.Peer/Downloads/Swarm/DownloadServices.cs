using P2PShare.Networking;
using P2PShare.Peer.Content;
using Serilog;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What every download works with.</summary>
/// <param name="Dial">Connects to owners.</param>
/// <param name="Identifier">Tells what a file that is already there is.</param>
/// <param name="Layers">Where piece layers are kept.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The log.</param>
internal sealed record DownloadServices(Dial Dial, ContentIdentifier Identifier, LayerStore Layers, TimeProvider Time, ILogger Log);
