using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads;

/// <summary>Fetches every file of one folder in one download, except those that are there already.</summary>
internal sealed class FolderDownload(
    DownloadsFolder folder, OtherOwners others, DownloadServices services, IDownloadObserver observer)
{
    private const int MaxLocatedAtOnce = 4;

    private readonly ExistingCopyFinder _existing = new(services.Identifier);
    private int _nextToLocate;
    private readonly List<ExistingFile> _alreadyThere = [];
    private int _obstructed;
    private int _unverifiable;

    /// <exception cref="SaveFailedException">What was fetched cannot be saved.</exception>
    public async Task<DownloadOutcome> RunAsync(FileName root, CancellationToken cancellation)
    {
        var rows = await ListAsync(root, cancellation);
        if (rows.Count == 0)
            return new DownloadOutcome.FolderNotShared(root);

        var started = services.Time.GetTimestamp();
        var files = await PlanAsync(rows, cancellation);
        var transfer = TransferSummary.None;
        var completing = CompleteAsync(root, rows, cancellation);
        try
        {
            if (files.Count > 0)
            {
                (_, transfer) = await new Download(files, token => FindOwnersAsync(root, files, token), services, observer)
                    .RunAsync(ContentOwner.Of(rows), cancellation);
            }
        }
        finally
        {
            // After the files, so that no folder that an owner names takes the place of one.
            var made = MakeFolders(root, await completing);
            services.Resharing?.NoteEmptyFolders(root, made);
        }

        var saved = files.Count(file => file.FinishedPath is not null);
        var counts = new FolderCounts(saved, _alreadyThere.Count, files.Count - saved, _obstructed, _unverifiable);
        return new DownloadOutcome.FolderFetched(
            root, folder.PathOfFolder(root), counts, files.Any(file => file.IsSharedOn), services.Time.GetElapsedTime(started), transfer);
    }

    // A list names no owners of parts. They are asked for file by file, a few at each question and round about, so that a folder of ten
    // thousand files does not cost the server more than another download.
    private async Task<IReadOnlyList<ContentOwner>> FindOwnersAsync(
        FileName root, List<DownloadFile> files, CancellationToken cancellation)
    {
        var owners = new List<ContentOwner>(ContentOwner.Of(await ListAsync(root, cancellation)));
        if (!others.HasParts)
            return owners;
        var left = MaxLocatedAtOnce;
        for (var looked = 0; looked < files.Count && left > 0; looked++)
        {
            var file = files[_nextToLocate++ % files.Count];
            if (file.Identity.PieceCount <= 1 || file.FinishedPath is not null)
                continue;
            left--;
            owners.AddRange(await others.FindAsync(file.Identity.Id, cancellation));
        }

        return owners;
    }

    // What no piece leads to, while the pieces are fetched: the names of empty folders, and the execute bits of what is here already.
    private async Task<IReadOnlyList<FileName>> CompleteAsync(FileName root, IReadOnlyList<OwnerRow> rows, CancellationToken cancellation)
    {
        var owners = rows.Where(row => row.Identity is not null).Select(row => row.Owner).Distinct().ToList();
        var empty = await services.Metadata.FindFoldersAsync(owners, root, cancellation);
        var folders = new PlannedFolders(folder);
        var existing = _alreadyThere.Where(file => folders.TryMakeFor(file.Path, out _)).ToList();
        await new ExecuteBits(services).CorrectAsync(existing, owners, cancellation);
        return empty;
    }

    // Those that were made, or are there.
    private List<FileName> MakeFolders(FileName root, IReadOnlyList<FileName> names)
    {
        var made = new List<FileName>();
        var folders = new PlannedFolders(folder);
        try
        {
            made.AddRange(names.Where(name => name.IsBelow(root)
                && folders.TryMakeFor(Path.Combine(folder.PathOf(name, out _), "file"), out _)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            services.Log.Warning("An empty folder could not be made: {Reason:l}", e.Message);
        }

        return made;
    }

    private async Task<IReadOnlyList<OwnerRow>> ListAsync(FileName root, CancellationToken cancellation)
    {
        var prefix = new byte[root.Utf8.Length + 1];
        root.Utf8.CopyTo(prefix);
        prefix[^1] = (byte)'/';
        var rows = await others.ListAsync(prefix, cancellation);
        return SortedByName([.. rows.Where(row => row.Name.Utf8.Span.StartsWith(prefix))]);
    }

    // The server has to send the rows in order of name. One that does not is tolerated, so that all owners of a name are adjacent.
    private static IReadOnlyList<OwnerRow> SortedByName(List<OwnerRow> rows)
    {
        for (var index = 1; index < rows.Count; index++)
        {
            if (rows[index].Name < rows[index - 1].Name)
                return [.. rows.OrderBy(each => each.Name)];
        }

        return rows;
    }

    private async Task<List<DownloadFile>> PlanAsync(IReadOnlyList<OwnerRow> rows, CancellationToken cancellation)
    {
        var files = new List<DownloadFile>();
        var folders = new PlannedFolders(folder);
        var taken = folder.ProbeCaseFolding() ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : [];
        var ofOneName = new List<OwnerRow>();
        for (var index = 0; index < rows.Count; index++)
        {
            ofOneName.Add(rows[index]);
            if (index + 1 < rows.Count && rows[index + 1].Name == rows[index].Name)
                continue;
            if (ContentChoice.Of(ofOneName, idPrefix: null).Identity is not { } identity)
                _unverifiable++;
            else if (await PlanAsync(rows[index].Name, identity, folders, taken, cancellation) is { } file)
                files.Add(file);
            ofOneName.Clear();
        }

        return files;
    }

    private async Task<DownloadFile?> PlanAsync(
        FileName name, FileIdentity identity, PlannedFolders folders, HashSet<string> taken, CancellationToken cancellation)
    {
        var wanted = folder.PathOf(name, out var isChanged);
        if (isChanged)
            observer.Notify(new DownloadEvent.NameChanged(name, wanted, IsInFolder: true));

        // Where the file system folds case, Photo.jpg and photo.jpg are two files that must not overwrite each other.
        var destination = taken.Add(wanted) ? wanted : FinalName.Candidates(wanted).First(taken.Add);
        if (!folders.IsNew(destination) && await _existing.FindAsync(destination, identity, cancellation) is { } existing)
        {
            _alreadyThere.Add(new ExistingFile(name, identity, existing));
            return null;
        }

        if (folders.TryMakeFor(destination, out var obstacle))
            return new DownloadFile(name, identity, destination) { OlderVersion = services.SharedPathOf(name) };
        observer.Notify(new DownloadEvent.Obstructed(name, obstacle));
        _obstructed++;
        return null;
    }
}
