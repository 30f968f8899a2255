using P2PShare.Client.Cli.Display;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Sharing;

namespace P2PShare.Client.Cli.Commands;

/// <summary>ANNOUNCE: shares a file or a folder, and prints the result.</summary>
internal sealed class AnnounceCommand(Announcer announcer, Screen screen, TimeProvider time)
{
    private const int MaxNamesListed = 10;

    /// <summary>False where something could not be shared.</summary>
    public async Task<bool> RunAsync(string typedPath, CancellationToken cancellation)
    {
        var path = ExpandHome(typedPath);
        if (path.Contains('\0'))
        {
            screen.WriteError($"There is no file {Screen.Safe(path)}.");
            return false;
        }

        try
        {
            // On the thread pool: scanning a large folder takes its time, and cancellation must not wait for it.
            var scan = await Task.Run(() => PathScan.Of(path), cancellation).WaitAsync(cancellation);
            var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
            var display = new HashDisplay(screen, title, () => TotalBytes(scan), time);
            var announcing = Task.Run(() => announcer.AnnounceAsync(scan, display, cancellation), cancellation);
            var report = await display.ShowAsync(announcing.WaitAsync(cancellation));
            Print(report, scan.IsFolder);
            return report.Succeeded;
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            screen.WriteError(e is FileNotFoundException ? Screen.Safe(e.Message) : $"{Screen.Safe(path)} may not be read.");
            return false;
        }
    }

    private void Print(AnnounceReport report, bool isFolder)
    {
        PrintShared(report.Shared, isFolder);
        foreach (var file in report.Replaced.Take(MaxNamesListed))
            screen.WriteLine($"{Screen.Safe(file.Name.ToString())} stood for another file; it stands for {Screen.Safe(file.Path)} now.");
        PrintUnportable(report.Shared);
        PrintSkipped(report.Skipped, isFolder);
    }

    private void PrintShared(IReadOnlyList<SharedFile> files, bool isFolder)
    {
        if (!isFolder)
        {
            foreach (var file in files)
            {
                var name = Screen.Safe(file.Name.ToString());
                screen.WriteLine($"Announced {name}: {HumanFormat.Bytes(file.Identity.Size)}, id {file.Identity.Id}");
            }
        }
        else if (files.Count == 0)
        {
            screen.WriteError("Nothing in that folder can be shared.");
        }
        else
        {
            var bytes = files.Sum(file => file.Identity.Size);
            screen.WriteLine($"Announced {HumanFormat.Count(files.Count, "file")}, {HumanFormat.Bytes(bytes)}.");
        }
    }

    private void PrintUnportable(IReadOnlyList<SharedFile> files)
    {
        var names = files.Where(file => !PortableName.IsPortable(file.Name)).Select(file => file.Name.ToString()).ToList();
        if (names.Count == 0)
            return;
        var count = HumanFormat.Count(names.Count, "name");
        screen.WriteLine($"{count} cannot be stored as they are on every system (Windows changes them): {Listed(names)}");
    }

    private void PrintSkipped(IReadOnlyList<SkippedPath> skipped, bool isFolder)
    {
        foreach (var group in skipped.GroupBy(SentenceOf, path => path.Path).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var paths = group.ToList();
            if (isFolder)
                screen.WriteLine($"Left out, {Screen.Safe(group.Key)}: {HumanFormat.Count(paths.Count, "path")}: {Listed(paths)}");
            else
                screen.WriteError($"{Listed(paths)} is not announced: {Screen.Sentence(group.Key)}");
        }
    }

    private static string SentenceOf(SkippedPath skipped) => skipped.Reason switch
    {
        SkipReason.Hidden => "hidden",
        SkipReason.SymbolicLink => "symbolic link",
        SkipReason.NameNotUtf8 => "its name is not valid UTF-8",
        SkipReason.NameTaken => "another file has the same name in NFC",
        SkipReason.BeingWritten => "it is being written; announce it again when that is done",
        SkipReason.Missing => "it is gone",
        SkipReason.Unreadable => "unreadable",
        _ => skipped.Detail ?? "",
    };

    private static string Listed(List<string> names)
    {
        var more = names.Count > MaxNamesListed ? $" and {names.Count - MaxNamesListed} more" : "";
        return string.Join(", ", names.Take(MaxNamesListed).Select(Screen.Safe)) + more;
    }

    private static string ExpandHome(string path)
    {
        var isHome = path == "~" || path.StartsWith("~/", StringComparison.Ordinal);
        return isHome ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;
    }

    // Only the progress bar needs it; a file that cannot be examined is reported when it is hashed.
    private static long TotalBytes(PathScan scan)
    {
        try
        {
            return scan.Files.Sum(file => new FileInfo(file.Path).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
