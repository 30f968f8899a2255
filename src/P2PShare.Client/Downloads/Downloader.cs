using P2PShare.Client.Content;
using P2PShare.Networking;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Client.Downloads;

/// <summary>Fetches files by name. The one entry to this folder.</summary>
/// <param name="folder">Where files are saved.</param>
/// <param name="index">Who owns what.</param>
/// <param name="identifier">Tells what a file that is already there is.</param>
/// <param name="layers">Where piece layers are kept.</param>
/// <param name="dial">Connects to owners.</param>
/// <param name="isSelf">Whether an address is this very client's.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class Downloader(
    string folder, IOwnerIndex index, Identifier identifier, LayerStore layers, Dial dial, Func<PeerAddress, bool> isSelf, TimeProvider time, ILogger log)
{
    /// <summary>Fetches the file <paramref name="name"/>; of its contents the one whose id begins with <paramref name="idPrefix"/> where that is given.</summary>
    /// <exception cref="OperationCanceledException">The user cancelled; what was fetched and verified is kept.</exception>
    public Task<DownloadOutcome> FetchFileAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, $"not built yet {folder} {index} {identifier} {layers} {dial} {isSelf} {time} {log}"));

    /// <summary>Fetches every file whose name begins with <paramref name="root"/> and '/'.</summary>
    public Task<DownloadOutcome> FetchFolderAsync(FileName root, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, "not built yet"));

    /// <summary>Checks the finished file of this name in the downloads folder, and fetches the pieces that are wrong.</summary>
    public Task<DownloadOutcome> RepairAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, "not built yet"));
}
