using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Sharing.Following;

namespace P2PShare.Client.Cli.Commands;

/// <summary>ANNOUNCE: shares a file or a folder, and prints the result.</summary>
/// <param name="announcer">Hashes and announces.</param>
/// <param name="followed">Follows what changes in an announced folder.</param>
/// <param name="fetchCommand">The command that fetches what is announced.</param>
/// <param name="screen">Where the result goes.</param>
/// <param name="time">The clock of the progress.</param>
internal sealed class AnnounceCommand(
    Announcer announcer, FollowedFolders followed, FetchCommandLine fetchCommand, Screen screen, TimeProvider time)
{
    private const int MaxNamesListed = 10;
    private const string Excluded = "excluded";

    /// <summary>False where something could not be shared.</summary>
    public async Task<bool> RunAsync(Command.Announce command, CancellationToken cancellation)
    {
        var path = HomeFolder.Expand(command.Path);
        if (path.Contains('\0'))
        {
            screen.Error(ErrorCodes.NoSuchFile, $"There is no file or folder {Screen.Safe(path)}.");
            return false;
        }

        try
        {
            // On the thread pool: scanning a large folder takes its time, and cancellation must not wait for it.
            var scan = await Task.Run(() => PathScan.Of(path, command.Excluded), cancellation).WaitAsync(cancellation);
            var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
            var display = new HashDisplay(screen, title, () => scan.TotalBytes, time);
            var announcing = Task.Run(() => announcer.AnnounceAsync(scan, display, cancellation), cancellation);
            var report = await ShareAsync(display.ShowAsync(announcing.WaitAsync(cancellation)), command, path, scan.IsFolder);
            Print(report, title, scan.IsFolder, isFollowed: !command.Once);
            return report.Succeeded;
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            var text = e is FileNotFoundException
                ? Screen.Safe(e.Message)
                : $"{Screen.Safe(path)} may not be read; its permissions have to allow it.";
            screen.Error(ErrorCodes.NoSuchFile, text);
            return false;
        }
    }

    // Where the server is away, the folder is shared all the same, and followed.
    private async Task<AnnounceReport> ShareAsync(Task<AnnounceReport> sharing, Command.Announce command, string path, bool isFolder)
    {
        try
        {
            var report = await sharing;
            FollowOrNot(command, path, isFolder);
            return report;
        }
        catch (ServerUnavailableException)
        {
            FollowOrNot(command, path, isFolder);
            throw;
        }
    }

    private void FollowOrNot(Command.Announce command, string path, bool isFolder)
    {
        if (command.Once)
            followed.Unfollow(path);
        else if (isFolder)
            followed.Follow(path, command.Excluded);
    }

    private void Print(AnnounceReport report, string title, bool isFolder, bool isFollowed)
    {
        if (isFolder)
            PrintSharedFolder(report.Shared, title, isFollowed);
        else
            PrintSharedFile(report.Shared);
        foreach (var file in report.Replaced.Take(MaxNamesListed))
        {
            var name = Screen.Safe(file.Name.ToString());
            screen.Notice(NoticeCodes.NameReplaced, $"{name} stood for another file; it stands for {Screen.Safe(file.Path)} now.");
        }

        PrintUnportable(report.Shared);
        PrintSkipped(report.Skipped, isFolder);
    }

    private void PrintSharedFile(IReadOnlyList<SharedFile> files)
    {
        foreach (var file in files)
        {
            var (name, id, size) = (file.Name.ToString(), file.Identity.Id.ToString(), file.Identity.Size);
            var request = fetchCommand.OfFile(file.Name, file.Identity.Id);
            screen.Result(
                new OutputRecord.Announced(name, size, id, file.Path, request),
                $"Announced {Screen.Safe(name)}: {HumanFormat.Bytes(size)}, id {id}");
            screen.Text($"Anyone fetches it with: {Screen.Safe(request)}");
        }
    }

    private void PrintSharedFolder(IReadOnlyList<SharedFile> files, string title, bool isFollowed)
    {
        if (files.Count == 0)
        {
            screen.Error(ErrorCodes.NothingShared, isFollowed
                ? "There is no file in that folder that can be shared yet; those that appear in it will be."
                : "There is no file in that folder that can be shared.");
            return;
        }

        var bytes = files.Sum(file => file.Identity.Size);
        var request = fetchCommand.OfFolder(title);
        screen.Result(
            new OutputRecord.FolderAnnounced(title, files.Count, bytes, request),
            $"Announced {HumanFormat.Count(files.Count, "file")}, {HumanFormat.Bytes(bytes)}.");
        screen.Text($"Anyone fetches them with: {Screen.Safe(request)}");
    }

    private void PrintUnportable(IReadOnlyList<SharedFile> files)
    {
        var names = files.Where(file => !PortableName.IsPortable(file.Name)).Select(file => file.Name.ToString()).ToList();
        if (names.Count == 0)
            return;
        var count = HumanFormat.Count(names.Count, "name");
        screen.Notice(
            NoticeCodes.NameNotPortable,
            $"{count} cannot be stored as they are on every system (Windows changes them): {Listed(names)}");
    }

    private void PrintSkipped(IReadOnlyList<SkippedPath> skipped, bool isFolder)
    {
        foreach (var group in skipped.GroupBy(SentenceOf, path => path.Path).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var paths = group.ToList();
            if (!isFolder)
            {
                screen.Error(ErrorCodes.NotAnnounced, $"{Listed(paths)} is not announced: {Screen.Sentence(group.Key)}");
                continue;
            }

            if (group.Key == Excluded)
            {
                var count = HumanFormat.Count(paths.Count, "path");
                screen.Result(new OutputRecord.LeftOut(group.Key, paths.Count, []), $"Left out, {group.Key}: {count}");
                continue;
            }

            screen.Result(
                new OutputRecord.LeftOut(group.Key, paths.Count, [.. paths.Take(MaxNamesListed)]),
                $"Left out, {Screen.Safe(group.Key)}: {HumanFormat.Count(paths.Count, "path")}: {Listed(paths)}");
        }
    }

    private static string SentenceOf(SkippedPath skipped) => skipped.Reason switch
    {
        SkipReason.Hidden => "hidden",
        SkipReason.SymbolicLink => "symbolic link",
        SkipReason.Excluded => Excluded,
        SkipReason.NameNotUtf8 => "its name is not valid UTF-8",
        SkipReason.NameTaken => "another file has the same name in NFC",
        SkipReason.BeingWritten => "it is being written; announce it again when that is done",
        SkipReason.Missing => "it is gone",
        SkipReason.Unreadable => "it may not be read",
        _ => skipped.Detail ?? "",
    };

    private static string Listed(List<string> names)
    {
        var more = names.Count > MaxNamesListed ? $" and {names.Count - MaxNamesListed} more" : "";
        return string.Join(", ", names.Take(MaxNamesListed).Select(Screen.Safe)) + more;
    }
}
