using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Text;

namespace P2PShare.Client.Cli.Commands;

/// <summary>Completes paths on this machine. Hidden ones are offered only where a dot was typed, as in a shell.</summary>
internal static class LocalPaths
{
    // A folder of a million files is not read to its end.
    private const int MaxEntries = 10_000;

    /// <param name="start">Where the path begins in the line.</param>
    /// <param name="typed">The path so far.</param>
    public static Completion Complete(int start, string typed)
    {
        var slash = typed.LastIndexOf('/');
        var (folder, beginning) = (typed[..(slash + 1)], typed[(slash + 1)..]);
        var path = folder.Length == 0 ? "." : HomeFolder.Expand(folder);
        if (path.Contains('\0') || !Directory.Exists(path))
            return Completion.None;
        var names = new DirectoryInfo(path)
            .EnumerateFileSystemInfos()
            .Take(MaxEntries)
            .Where(entry => entry.Name.StartsWith(beginning, StringComparison.Ordinal)
                && (beginning.Length > 0 || entry.Name[0] != '.')
                && !entry.Name.Any(char.IsControl))
            .Select(entry => entry is DirectoryInfo || Directory.Exists(entry.FullName) ? entry.Name + "/" : entry.Name)
            .Order(NaturalOrder.Instance)
            .ToList();
        return new Completion(start, [.. names.Select(name => folder + name)], [.. names.Select(Screen.Safe)]);
    }
}
