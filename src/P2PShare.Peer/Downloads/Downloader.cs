using System.Net.Sockets;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Fetches and repairs files and folders by name. The one entry to this folder.</summary>
/// <param name="folder">Where files are saved.</param>
/// <param name="index">Tells who owns what.</param>
/// <param name="services">What every download uses.</param>
/// <param name="isSelf">Whether an address is this peer's own.</param>
internal sealed class Downloader(DownloadsFolder folder, IOwnerIndex index, DownloadServices services, Func<PeerAddress, bool> isSelf)
{
    private const int PlainAttempts = 3;

    private readonly OtherOwners _others = new(index, isSelf);

    /// <summary>Fetches one file, resuming what an earlier run left of it.</summary>
    /// <param name="request">Which file, and where to.</param>
    /// <param name="observer">Is told of the progress.</param>
    /// <param name="cancellation">Stops the download; what is verified is kept.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<DownloadOutcome> FetchFileAsync(FileRequest request, IDownloadObserver observer, CancellationToken cancellation)
    {
        var name = request.Name;
        if (!index.Features.HasFlag(Features.Swarm))
            return await GuardSavingAsync(name, () => FetchPlainAsync(request, observer, cancellation));

        var rows = await _others.LocateAsync(name, cancellation);
        var choice = ContentChoice.Of(rows, request.IdPrefix);
        if (choice.Identity is not { } identity)
            return await FetchUnidentifiedAsync(request, choice, observer, cancellation);
        if (choice.Others > 0 && request.IdPrefix is null)
            observer.Notify(new DownloadEvent.OtherContents(name, identity, choice.Others));
        return await GuardSavingAsync(name, () => DownloadFor(observer).RunAsync(request, identity, rows, cancellation));
    }

    /// <summary>Fetches every file whose name begins with <paramref name="root"/> and '/'.</summary>
    /// <inheritdoc cref="FetchFileAsync"/>
    public async Task<DownloadOutcome> FetchFolderAsync(
        FileName root, string? path, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return new DownloadOutcome.FoldersUnsupported(root);
        var download = new FolderDownload(folder.For(root, path), _others, services, observer);
        return await GuardSavingAsync(root, () => download.RunAsync(root, cancellation));
    }

    /// <summary>Verifies the file of this name in the downloads folder, and fetches the pieces that are wrong.</summary>
    /// <inheritdoc cref="FetchFileAsync"/>
    public async Task<DownloadOutcome> RepairAsync(
        FileName name, string? idPrefix, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return new DownloadOutcome.RepairUnsupported(name);
        var path = folder.PathOf(name, out _);
        if (!File.Exists(path))
            return new DownloadOutcome.NothingToRepair(name, folder.Root);
        var rows = await _others.LocateAsync(name, cancellation);
        if (ContentChoice.Of(rows, idPrefix).Identity is not { } identity)
            return new DownloadOutcome.ContentUnknown(name);
        var repair = new FileRepair(name, path, identity);
        var download = DownloadFor(observer);
        return await GuardSavingAsync(
            name, () => repair.RunAsync(file => download.FetchPiecesAsync(file, rows, cancellation), cancellation));
    }

    private FileDownload DownloadFor(IDownloadObserver observer) => new(folder, _others, services, observer);

    private async Task<DownloadOutcome> FetchUnidentifiedAsync(
        FileRequest request, ContentChoice choice, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (request.IdPrefix is not null)
            return new DownloadOutcome.ContentNotShared(request.Name, request.IdPrefix);
        return choice.PlainOwners.Count > 0
            ? await GuardSavingAsync(request.Name, () => FetchPlainAsync(request, observer, cancellation))
            : new DownloadOutcome.NotShared(request.Name, ExceptHere: true);
    }

    private async Task<DownloadOutcome> FetchPlainAsync(
        FileRequest request, IDownloadObserver observer, CancellationToken cancellation)
    {
        var name = request.Name;
        var destination = request.Path ?? folder.PathOf(name, out _);
        DownloadOutcome failure = new DownloadOutcome.NotShared(name, ExceptHere: true);
        for (var attempt = 0; attempt < PlainAttempts; attempt++)
        {
            if (await index.RequestAsync(name, cancellation) is not { } owner)
                return new DownloadOutcome.NotShared(name, ExceptHere: false);

            // The server names the owners in rotation: the next answer may be another owner.
            if (isSelf(owner))
                continue;
            if (!folder.TryMakeFoldersFor(destination, request.Path is not null, out var obstacle))
                return new DownloadOutcome.Obstructed(name, obstacle);
            try
            {
                var (saved, bytes) = await new PlainDownload(services, observer).FetchAsync(owner, name, destination, cancellation);
                var isServerPlain = !index.Features.HasFlag(Features.Swarm);
                return new DownloadOutcome.SavedUnverified(name, saved, saved != destination, bytes, owner, isServerPlain);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                failure = new DownloadOutcome.PlainFetchFailed(name, owner, e.Message);
                services.Log.Warning("Owner {Owner}: {Reason:l}", owner, e.Message);
            }
        }

        return failure;
    }

    private static async Task<DownloadOutcome> GuardSavingAsync(FileName name, Func<Task<DownloadOutcome>> fetch)
    {
        try
        {
            return await fetch();
        }
        catch (DifferentFileException e)
        {
            return new DownloadOutcome.DifferentFile(name, e.Path);
        }
        catch (Exception e) when (e is SaveFailedException or UnauthorizedAccessException)
        {
            return new DownloadOutcome.SaveFailed(name, e.Message);
        }
    }
}
