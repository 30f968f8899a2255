using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Fetches one content, and goes on with the one that the name stands for now, where the file has changed at its owner.</summary>
internal sealed class FileDownload(
    DownloadsFolder folder, OtherOwners others, DownloadServices services, IDownloadObserver observer)
{
    // A file that changes again and again is not followed for ever.
    private const int MaxContents = 3;

    private readonly ExistingCopyFinder _existing = new(services.Identifier);
    private readonly ExecuteBits _bits = new(services);

    /// <param name="request">Which file.</param>
    /// <param name="identity">Its content.</param>
    /// <param name="rows">The other owners of the name.</param>
    /// <param name="cancellation">Stops the download; what is verified is kept.</param>
    /// <exception cref="SaveFailedException">What was fetched cannot be saved.</exception>
    public async Task<DownloadOutcome> RunAsync(
        FileRequest request, FileIdentity identity, IReadOnlyList<OwnerRow> rows, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var (outcome, bytes) = await FetchAsync(request, identity, rows, cancellation);
            if (outcome is not DownloadOutcome.Superseded superseded || bytes > 0 || number == MaxContents)
                return outcome;
            observer.Notify(new DownloadEvent.ContentReplaced(request.Name, superseded.Former, superseded.Current));
            (identity, rows) = (superseded.Current, await others.LocateAsync(request.Name, cancellation));
        }
    }

    /// <summary>Fetches the missing pieces of a file.</summary>
    public Task<(bool IsComplete, TransferSummary Transfer)> FetchPiecesAsync(
        DownloadFile file, IReadOnlyList<OwnerRow> rows, CancellationToken cancellation) =>
        new Download([file], token => others.FindAsync(file.Identity.Id, token), services, observer)
            .RunAsync(ContentOwner.Of(rows), cancellation);

    // The outcome, and the bytes that are there where the content is superseded.
    private async Task<(DownloadOutcome Outcome, long Bytes)> FetchAsync(
        FileRequest request, FileIdentity identity, IReadOnlyList<OwnerRow> rows, CancellationToken cancellation)
    {
        var isChanged = false;
        var destination = request.Path ?? folder.PathOf(request.Name, out isChanged);
        if (isChanged)
            observer.Notify(new DownloadEvent.NameChanged(request.Name, destination, IsInFolder: false));
        var existing = request.Replaces
            ? await _existing.HasContentAsync(destination, identity, cancellation) ? destination : null
            : await _existing.FindAsync(destination, identity, cancellation);
        if (existing is not null && folder.TryMakeFoldersFor(existing, request.Path is not null, out _))
            await _bits.CorrectAsync([new ExistingFile(request.Name, identity, existing)], OwnersOf(identity, rows), cancellation);
        if (existing is not null)
            return (new DownloadOutcome.AlreadyThere(request.Name, identity, existing), 0);
        if (!folder.TryMakeFoldersFor(destination, request.Path is not null, out var obstacle))
            return (new DownloadOutcome.Obstructed(request.Name, obstacle), 0);

        var file = new DownloadFile(request.Name, identity, destination)
        {
            Replaces = request.Replaces,
            OlderVersion = services.SharedPathOf(request.Name),
        };
        return await FetchAsync(request, file, rows, cancellation);
    }

    private async Task<(DownloadOutcome Outcome, long Bytes)> FetchAsync(
        FileRequest request, DownloadFile file, IReadOnlyList<OwnerRow> rows, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Download download = null!;
        FileIdentity? current = null;
        download = new Download([file], FindOwnersOrNewerAsync, services, observer);
        var started = services.Time.GetTimestamp();
        try
        {
            var (isComplete, transfer) = await download.RunAsync(ContentOwner.Of(rows), ending.Token);
            var elapsed = services.Time.GetElapsedTime(started);
            return (isComplete ? Saved(file, elapsed, transfer) : new DownloadOutcome.Incomplete(file.Name, file.Identity, transfer), 0);
        }
        catch (OperationCanceledException) when (current is not null && !cancellation.IsCancellationRequested)
        {
            if (download.Bytes == 0)
                file.Discard();
            return (new DownloadOutcome.Superseded(file.Name, file.Identity, current.Value), download.Bytes);
        }

        // Where nobody gives the content any more, the name may stand for another one.
        async Task<IReadOnlyList<ContentOwner>> FindOwnersOrNewerAsync(CancellationToken token)
        {
            var owners = await others.FindAsync(file.Identity.Id, token);
            if (owners.Count > 0 || download.IsConnected || request.IdPrefix is not null)
                return owners;
            current = ContentChoice.Of(await others.LocateAsync(file.Name, token), idPrefix: null).Identity;
            if (current is not null && current != file.Identity)
                ending.Cancel();
            return owners;
        }
    }

    private static DownloadOutcome.Saved Saved(DownloadFile file, TimeSpan elapsed, TransferSummary transfer)
    {
        var path = file.FinishedPath!;
        return new DownloadOutcome.Saved(
            file.Name, file.Identity, path, path != file.Destination, file.Replaces, file.IsSharedOn, elapsed, transfer);
    }

    private static IEnumerable<PeerAddress> OwnersOf(FileIdentity identity, IReadOnlyList<OwnerRow> rows) =>
        rows.Where(row => row.Identity == identity).Select(row => row.Owner);
}
