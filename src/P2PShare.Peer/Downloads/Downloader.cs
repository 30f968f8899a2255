using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;
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
    private readonly ExistingCopyFinder _existing = new(services.Identifier);

    /// <summary>Fetches one file, resuming what an earlier run left of it.</summary>
    /// <param name="name">The name on the network.</param>
    /// <param name="idPrefix">Hex digits that the file id must begin with; null for the content that most owners have.</param>
    /// <param name="path">The full path to save to; null for the downloads folder.</param>
    /// <param name="observer">Is told of the progress.</param>
    /// <param name="cancellation">Stops the download; what is verified is kept.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">The server is away.</exception>
    public async Task<DownloadOutcome> FetchFileAsync(
        FileName name, string? idPrefix, string? path, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return await GuardSavingAsync(name, () => FetchPlainAsync(name, path, observer, cancellation));

        var rows = WithoutSelf(await index.LocateAsync(name, cancellation));
        var choice = ContentChoice.Of(rows, idPrefix);
        if (choice.Identity is not { } identity)
            return await FetchUnidentifiedAsync(name, idPrefix, path, choice, observer, cancellation);
        if (choice.Others > 0 && idPrefix is null)
            observer.Notify(new DownloadEvent.OtherContents(name, identity, choice.Others));
        return await GuardSavingAsync(name, () => FetchAsync(name, identity, path, rows, observer, cancellation));
    }

    /// <summary>Fetches every file whose name begins with <paramref name="root"/> and '/'.</summary>
    /// <inheritdoc cref="FetchFileAsync"/>
    public async Task<DownloadOutcome> FetchFolderAsync(
        FileName root, string? path, IDownloadObserver observer, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Swarm))
            return new DownloadOutcome.FoldersUnsupported(root);
        var download = new FolderDownload(folder.For(root, path), index, services, isSelf, observer);
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
        var rows = WithoutSelf(await index.LocateAsync(name, cancellation));
        if (ContentChoice.Of(rows, idPrefix).Identity is not { } identity)
            return new DownloadOutcome.ContentUnknown(name);
        var repair = new FileRepair(name, path, identity);
        return await GuardSavingAsync(name, () => repair.RunAsync(file => RunAsync(file, rows, observer, cancellation), cancellation));
    }

    private async Task<DownloadOutcome> FetchUnidentifiedAsync(
        FileName name,
        string? idPrefix,
        string? path,
        ContentChoice choice,
        IDownloadObserver observer,
        CancellationToken cancellation)
    {
        if (idPrefix is not null)
            return new DownloadOutcome.ContentNotShared(name, idPrefix);
        return choice.PlainOwners.Count > 0
            ? await GuardSavingAsync(name, () => FetchPlainAsync(name, path, observer, cancellation))
            : new DownloadOutcome.NotShared(name, ExceptHere: true);
    }

    private async Task<DownloadOutcome> FetchAsync(
        FileName name,
        FileIdentity identity,
        string? path,
        IReadOnlyList<OwnerRow> rows,
        IDownloadObserver observer,
        CancellationToken cancellation)
    {
        var isChanged = false;
        var destination = path ?? folder.PathOf(name, out isChanged);
        if (isChanged)
            observer.Notify(new DownloadEvent.NameChanged(name, destination, IsInFolder: false));
        if (await _existing.FindAsync(destination, identity, cancellation) is { } existing)
            return new DownloadOutcome.AlreadyThere(name, identity, existing);
        if (!TryMakeFoldersFor(destination, path, out var obstacle))
            return new DownloadOutcome.Obstructed(name, obstacle);

        var started = services.Time.GetTimestamp();
        var file = new DownloadFile(name, identity, destination);
        var (isComplete, transfer) = await RunAsync(file, rows, observer, cancellation);
        if (!isComplete)
            return new DownloadOutcome.Incomplete(name, identity, transfer);
        var saved = file.FinishedPath!;
        var elapsed = services.Time.GetElapsedTime(started);
        return new DownloadOutcome.Saved(name, identity, saved, saved != destination, file.IsSharedOn, elapsed, transfer);
    }

    private Task<(bool IsComplete, TransferSummary Transfer)> RunAsync(
        DownloadFile file, IReadOnlyList<OwnerRow> rows, IDownloadObserver observer, CancellationToken cancellation) =>
        new Download([file], async token => await FindOwnersAsync(file.Identity.Id, token), services, observer)
            .RunAsync(ContentOwner.Of(rows), cancellation);

    private async Task<IReadOnlyList<ContentOwner>> FindOwnersAsync(FileId id, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Parts))
            return ContentOwner.Of(WithoutSelf(await index.LocateAsync(id, cancellation)));
        var rows = await index.LocatePeersAsync(id, cancellation);
        return [.. rows.Where(row => !isSelf(row.Peer)).Select(row => new ContentOwner(id, row.Peer, row.IsWhole))];
    }

    private async Task<DownloadOutcome> FetchPlainAsync(
        FileName name, string? path, IDownloadObserver observer, CancellationToken cancellation)
    {
        var destination = path ?? folder.PathOf(name, out _);
        DownloadOutcome failure = new DownloadOutcome.NotShared(name, ExceptHere: true);
        for (var attempt = 0; attempt < PlainAttempts; attempt++)
        {
            if (await index.RequestAsync(name, cancellation) is not { } owner)
                return new DownloadOutcome.NotShared(name, ExceptHere: false);

            // The server names the owners in rotation: the next answer may be another owner.
            if (isSelf(owner))
                continue;
            if (!TryMakeFoldersFor(destination, path, out var obstacle))
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

    // Inside the downloads folder, no symbolic link is followed; a path that the user typed may go through one.
    private bool TryMakeFoldersFor(string destination, string? chosenPath, [NotNullWhen(false)] out string? obstacle)
    {
        if (chosenPath is null)
            return folder.TryMakeFoldersFor(destination, out obstacle);
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        obstacle = null;
        return true;
    }

    private IReadOnlyList<OwnerRow> WithoutSelf(IReadOnlyList<OwnerRow> rows) => [.. rows.Where(row => !isSelf(row.Owner))];

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
