using P2PShare.Client.Text;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Sharing;

namespace P2PShare.Client.Cli;

/// <summary>ANNOUNCE, and what is said of it.</summary>
internal sealed class AnnounceCommand(Announcer announcer, Screen screen, TimeProvider time)
{
    private const int MostNamed = 10;

    public async Task<bool> RunAsync(string typedPath, CancellationToken cancellation)
    {
        var path = WithHome(typedPath);
        if (path.Contains('\0'))
        {
            screen.Complain($"There is no file {Screen.Safe(path)}.");
            return false;
        }

        var display = new HashDisplay(screen, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), () => SizeOf(path), time);
        try
        {
            // A folder is walked before anything of it is hashed, and a large one takes its time.
            var announcing = Task.Run(() => announcer.AnnounceAsync(path, display, cancellation), cancellation);
            var report = await display.ShowAsync(announcing.WaitAsync(cancellation));
            Say(report, isFolder: Directory.Exists(path));
            return report.Succeeded;
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            screen.Complain(e is FileNotFoundException ? Screen.Safe(e.Message) : $"{Screen.Safe(path)} may not be read.");
            return false;
        }
    }

    private void Say(AnnounceReport report, bool isFolder)
    {
        if (isFolder && report.Shared.Count > 0)
            screen.Say($"Announced {HumanFormat.Count(report.Shared.Count, "file")}, {HumanFormat.Bytes(report.Shared.Sum(file => file.Identity.Size))}.");
        else
            foreach (var file in report.Shared)
                screen.Say($"Announced {Screen.Safe(file.Name.ToString())}: {HumanFormat.Bytes(file.Identity.Size)}, id {file.Identity.Id}");
        if (isFolder && report.Shared.Count == 0)
            screen.Complain("Nothing in that folder can be shared.");

        foreach (var file in report.Replaced.Take(MostNamed))
            screen.Say($"{Screen.Safe(file.Name.ToString())} stood for another file; it stands for {Screen.Safe(file.Path)} now.");
        SayDifficult(report.Shared);
        SayLeftOut(report.LeftOut, isFolder);
    }

    private void SayDifficult(IReadOnlyList<SharedFile> files)
    {
        var difficult = files.Where(file => !PortableName.IsPortable(file.Name)).ToList();
        if (difficult.Count > 0)
            screen.Say($"{HumanFormat.Count(difficult.Count, "name")} cannot be stored as they are on every system (Windows changes them): {Named(difficult.Select(file => file.Name.ToString()))}");
    }

    private void SayLeftOut(IReadOnlyList<LeftOut> all, bool isFolder)
    {
        foreach (var group in all.GroupBy(left => left.Reason).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var named = Named(group.Select(left => left.Path));
            if (isFolder)
                screen.Say($"Left out, {Screen.Safe(group.Key)}: {HumanFormat.Count(group.Count(), "path")}: {named}");
            else
                screen.Complain($"{named} is not announced: {Screen.Sentence(group.Key)}");
        }
    }

    private static string Named(IEnumerable<string> names)
    {
        var all = names.ToList();
        var more = all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "";
        return string.Join(", ", all.Take(MostNamed).Select(Screen.Safe)) + more;
    }

    private static string WithHome(string path)
    {
        var isHome = path == "~" || path.StartsWith("~/", StringComparison.Ordinal);
        return isHome ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;
    }

    private static long SizeOf(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? FolderScan.Of(Path.GetFullPath(path)).Files.Sum(file => new FileInfo(file.Path).Length)
                : new FileInfo(path).Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only the bar wants it; what is wrong with the path is said when it is announced.
            return 0;
        }
    }
}
