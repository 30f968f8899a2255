using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Swarm;
using P2PShare.Peer.Index;
using P2PShare.Peer.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;

namespace P2PShare.Peer.Downloads;

/// <summary>Fetches every file under one folder's name, over the same connections, each only where it is not there already.</summary>
internal sealed class FolderDownload(
    DownloadsFolder folder, IOwnerIndex index, DownloadServices services, Func<PeerAddress, bool> isSelf, IDownloadObserver observer)
{
    private readonly ExistingCopyFinder _goals = new(services.Identifier);
    private int _alreadyThere;
    private int _blocked;
    private int _plain;

    /// <exception cref="SaveFailedException">What was fetched cannot be saved.</exception>
    public async Task<DownloadOutcome> RunAsync(FileName root, CancellationToken cancellation)
    {
        var shown = Printable.Of(root.ToString()) + "/";
        var rows = await ListAsync(root, cancellation);
        if (rows.Count == 0)
            return new DownloadOutcome(false, $"Nobody else shares a file under {shown}");

        var started = services.Time.GetTimestamp();
        var files = await PlanAsync(rows, cancellation);
        var report = files.Count == 0
            ? new FetchReport(null, 0, 0, [])
            : await new Download(files, token => ListAsync(root, token), services, observer).RunAsync(rows, cancellation);

        var fetched = files.Count(file => file.FinishedPath is not null);
        var summary = $"{shown} {HumanFormat.Count(fetched, "file")} saved in {HumanFormat.PathFromHere(folder.PathOf(root, out _))}, every byte verified: "
            + $"{HumanFormat.Bytes(report.FetchedBytes)} in {HumanFormat.Time(services.Time.GetElapsedTime(started))} from {HumanFormat.Count(report.Owners, "owner")}.";
        return new DownloadOutcome(report.Failure is null && _blocked + _plain == 0, summary + Remarks(files.Count - fetched, report));
    }

    private async Task<IReadOnlyList<OwnerRow>> ListAsync(FileName root, CancellationToken cancellation)
    {
        var prefix = new byte[root.Utf8.Length + 1];
        root.Utf8.CopyTo(prefix);
        prefix[^1] = (byte)'/';
        var rows = await index.ListSharesAsync(prefix, cancellation);
        return InOrder([.. rows.Where(row => !isSelf(row.Owner) && row.Name.Utf8.Span.StartsWith(prefix))]);
    }

    // As the server has to send them. One that does not gains nothing: the owners of one name come together all the same.
    private static IReadOnlyList<OwnerRow> InOrder(List<OwnerRow> rows)
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
        var taken = folder.FoldsCase() ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : [];
        var named = new List<OwnerRow>();
        for (var index = 0; index < rows.Count; index++)
        {
            named.Add(rows[index]);
            if (index + 1 < rows.Count && rows[index + 1].Name == rows[index].Name)
                continue;
            if (ContentChoice.Of(named, idPrefix: null).Identity is not { } identity)
                _plain++;
            else if (await PlanAsync(rows[index].Name, identity, folders, taken, cancellation) is { } file)
                files.Add(file);
            named.Clear();
        }

        return files;
    }

    private async Task<DownloadFile?> PlanAsync(
        FileName name, FileIdentity identity, PlannedFolders folders, HashSet<string> taken, CancellationToken cancellation)
    {
        var wanted = folder.PathOf(name, out var isChanged);
        if (isChanged)
            observer.Note($"{Printable.Of(name.ToString())} is saved as {Printable.Of(Path.GetFileName(wanted))}: this system cannot hold the name.");

        // Where the file system folds case, Photo.jpg and photo.jpg are two files that must not become one.
        var goal = taken.Add(wanted) ? wanted : FinalName.Candidates(wanted).First(taken.Add);
        if (!folders.IsNew(goal) && await _goals.FindSameAsync(goal, identity, cancellation) is not null)
        {
            _alreadyThere++;
            return null;
        }

        if (folders.TryMakeFor(goal, out var obstacle))
            return new DownloadFile(name, identity, goal);
        observer.Note($"{Printable.Of(name.ToString())} cannot be saved: {Printable.Of(obstacle)} is in the way.");
        _blocked++;
        return null;
    }

    private string Remarks(int missing, FetchReport report)
    {
        var remarks = "";
        if (_alreadyThere > 0)
            remarks += $" {HumanFormat.Count(_alreadyThere, "file")} already there, with the same content.";
        if (_plain > 0)
            remarks += $" {HumanFormat.Count(_plain, "file")} of owners that speak only protocol 1.0 left out; REQUEST them by name.";
        if (_blocked > 0)
            remarks += $" {HumanFormat.Count(_blocked, "file")} could not be saved.";
        if (report.Failure is { } failure)
            remarks += $" {HumanFormat.Count(missing, "file")} missing: {failure}. REQUEST the folder again to go on.";
        return remarks + Downloader.LiarsNote(report);
    }
}
