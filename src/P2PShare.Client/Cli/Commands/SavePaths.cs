using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>
/// Where <c>REQUEST name AS path</c> saves. A path without a separator is a name in the downloads folder; every other one is a path as
/// a shell takes it: relative to the current folder, <c>~</c> is the home folder.
/// </summary>
/// <param name="downloads">The downloads folder.</param>
internal sealed class SavePaths(string downloads)
{
    /// <summary>
    /// The full path of a file; null where none was typed. A folder that exists, or ends in '/', takes the file under its name.
    /// </summary>
    /// <exception cref="IOException">It can be no path.</exception>
    public string? OfFile(string? typed, FileName name)
    {
        if (typed is null)
            return null;
        var path = FullPath(typed);
        return IsFolder(typed) || Directory.Exists(path) ? Path.Combine(path, LastPart(name)) : path;
    }

    /// <summary>The full path of a folder; null where none was typed.</summary>
    /// <exception cref="IOException">It can be no path.</exception>
    public string? OfFolder(string? typed) => typed is null ? null : FullPath(typed);

    private string FullPath(string typed)
    {
        if (typed.Contains('\0'))
            throw new IOException("a path has no NUL character");
        var path = HomeFolder.Expand(typed);
        var isName = Path.GetFileName(path) == path && path is not ("." or "..");
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(isName ? Path.Combine(downloads, path) : path));
    }

    private static bool IsFolder(string typed) => typed[^1] == '/' || typed[^1] == Path.DirectorySeparatorChar;

    private static string LastPart(FileName name) => name.ToString().Split('/')[^1];
}
