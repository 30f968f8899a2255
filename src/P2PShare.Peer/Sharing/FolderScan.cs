using System.IO.Enumeration;

namespace P2PShare.Peer.Sharing;

/// <summary>A file found under a folder that is announced: its path, and its name on the network before the door has seen it.</summary>
internal readonly record struct FoundFile(string Path, string Name);

/// <summary>What was left out of a folder, and why.</summary>
internal readonly record struct LeftOut(string Path, string Reason);

/// <summary>Walks a folder for the regular files in it. Symbolic links are not followed: they could lead out of what the user meant to share.</summary>
internal sealed class FolderScan
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false };
    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint, ReturnSpecialDirectories = false };

    // Stands in a name for bytes that are no UTF-8; a file cannot be opened by such a name.
    private const char Replacement = '\uFFFD';

    public List<FoundFile> Files { get; } = [];

    public List<LeftOut> LeftOut { get; } = [];

    /// <param name="folder">A full path.</param>
    /// <exception cref="IOException">The folder itself cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder itself may not be read.</exception>
    public static FolderScan Of(string folder)
    {
        var scan = new FolderScan();
        scan.Walk(folder, Path.GetFileName(folder));
        return scan;
    }

    private void Walk(string folder, string name)
    {
        var noLinks = new FileSystemEnumerable<string>(folder, NameOf, NoLinks).ToHashSet(StringComparer.Ordinal);
        foreach (var (entry, isFolder) in new FileSystemEnumerable<(string, bool)>(folder, NameAndKindOf, Everything).OrderBy(entry => entry.Item1, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, entry);
            var entryName = $"{name}/{entry}";
            if (entry.StartsWith('.'))
                LeftOut.Add(new LeftOut(path, "hidden"));
            else if (entry.Contains(Replacement))
                LeftOut.Add(new LeftOut(path, "its name is not valid UTF-8"));
            else if (!noLinks.Contains(entry) && new FileInfo(path).LinkTarget is not null)
                LeftOut.Add(new LeftOut(path, "symbolic link"));
            else if (isFolder)
                TryWalk(path, entryName);
            else
                Files.Add(new FoundFile(path, entryName));
        }
    }

    private void TryWalk(string folder, string name)
    {
        try
        {
            Walk(folder, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LeftOut.Add(new LeftOut(folder, "unreadable"));
        }
    }

    // Both come with the name, where a FileSystemInfo asks the system for each of them four times.
    private static string NameOf(ref FileSystemEntry entry) => entry.FileName.ToString();

    private static (string, bool) NameAndKindOf(ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory);
}
