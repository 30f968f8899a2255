using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Downloads;

/// <summary>Fetches files by name. The one entry to this folder.</summary>
internal sealed class Downloader
{
    /// <summary>Fetches the file <paramref name="name"/>; of its contents the one whose id begins with <paramref name="idPrefix"/> where that is given.</summary>
    /// <exception cref="OperationCanceledException">The user cancelled; what was fetched and verified is kept.</exception>
    public Task<DownloadOutcome> FetchFileAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, "not built yet"));

    /// <summary>Fetches every file whose name begins with <paramref name="folder"/> and '/'.</summary>
    public Task<DownloadOutcome> FetchFolderAsync(FileName folder, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, "not built yet"));

    /// <summary>Checks the finished file of this name in the downloads folder, and fetches the pieces that are wrong.</summary>
    public Task<DownloadOutcome> RepairAsync(FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation) =>
        Task.FromResult(new DownloadOutcome(false, "not built yet"));
}
