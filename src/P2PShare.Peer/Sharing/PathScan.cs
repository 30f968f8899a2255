using System.IO.Enumeration;
using P2PShare.Peer.Sharing.Exclusion;

namespace P2PShare.Peer.Sharing;

/// <summary>A file to announce.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Name">Its name on the network, which is not validated yet.</param>
/// <param name="Size">Its length in bytes when it was found.</param>
internal readonly record struct FoundFile(string Path, string Name, long Size);

/// <summary>
/// The regular files at a path: the file itself, or all files below the folder. Symbolic links inside the folder are not followed: they
/// could lead out of what the user meant to share. Nor is what the user excluded (<see cref="IgnoreScope"/>).
/// </summary>
internal sealed class PathScan
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false };

    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        ReturnSpecialDirectories = false,
    };

    // .NET puts this character in the place of bytes that are no UTF-8; such a name cannot be opened.
    private const char ReplacementCharacter = '\uFFFD';

    private PathScan(bool isFolder, string name) => (IsFolder, Name) = (isFolder, name);

    public bool IsFolder { get; }

    /// <summary>The name of the file or folder itself; empty in a scan of parts.</summary>
    public string Name { get; }

    /// <summary>The names of the folders below it in which nothing was found; not validated yet.</summary>
    public List<string> EmptyFolders { get; } = [];

    /// <summary>In ordinal order of the names within each folder.</summary>
    public List<FoundFile> Files { get; } = [];

    public List<SkippedPath> Skipped { get; } = [];

    /// <summary>The sizes of all files together, as they were found.</summary>
    public long TotalBytes => Files.Sum(file => file.Size);

    /// <param name="path">A file or folder; relative to the current folder.</param>
    /// <param name="excluded">Patterns that the user typed: what they match in a folder is skipped.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="IOException">The folder itself cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder itself may not be read.</exception>
    public static PathScan Of(string path, IReadOnlyList<string>? excluded = null)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var scan = new PathScan(Directory.Exists(full), Path.GetFileName(full));
        if (scan.IsFolder)
            scan.Walk(full, scan.Name, "", IgnoreScope.Of(excluded ?? []));
        else if (File.Exists(full))
            scan.Files.Add(new FoundFile(full, Path.GetFileName(full), new FileInfo(full).Length));
        else
            throw new FileNotFoundException($"There is no file or folder {full}.");
        return scan;
    }

    /// <summary>A scan of parts of a folder, which <see cref="AddFolder"/> and <see cref="Files"/> fill.</summary>
    public static PathScan OfParts() => new(isFolder: true, "");

    /// <summary>Adds what is in a folder; where that cannot be read, it is skipped.</summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="name">Its name on the network.</param>
    /// <param name="relative">Its path in the announced folder, with a '/' at the end.</param>
    /// <param name="scope">What is excluded in the folder that it is in.</param>
    public void AddFolder(string folder, string name, string relative, IgnoreScope scope)
    {
        try
        {
            Walk(folder, name, relative, scope);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Skipped.Add(new SkippedPath(folder, SkipReason.Unreadable));
        }
    }

    private void Walk(string folder, string name, string relative, IgnoreScope scope)
    {
        var noLinks = new FileSystemEnumerable<string>(folder, NameOf, NoLinks).ToHashSet(StringComparer.Ordinal);
        var entries = new FileSystemEnumerable<(string Name, bool IsFolder, long Size)>(folder, PropertiesOf, Everything).ToList();
        if (entries.Exists(entry => entry.Name == IgnoreScope.FileName))
            scope = scope.With(Path.Combine(folder, IgnoreScope.FileName), relative);
        var isEmpty = true;
        foreach (var (entry, isFolder, size) in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, entry);
            var entryName = $"{name}/{entry}";
            if (entry.StartsWith('.'))
                Skipped.Add(new SkippedPath(path, SkipReason.Hidden));
            else if (entry.Contains(ReplacementCharacter))
                Skipped.Add(new SkippedPath(path, SkipReason.NameNotUtf8));
            else if (!noLinks.Contains(entry) && new FileInfo(path).LinkTarget is not null)
                Skipped.Add(new SkippedPath(path, SkipReason.SymbolicLink));
            else if (scope.Excludes(relative + entry, isFolder))
                Skipped.Add(new SkippedPath(path, SkipReason.Excluded));
            else if (isFolder)
            {
                isEmpty = false;
                AddFolder(path, entryName, $"{relative}{entry}/", scope);
            }
            else
            {
                isEmpty = false;
                Files.Add(new FoundFile(path, entryName, size));
            }
        }

        if (isEmpty && name != Name)
            EmptyFolders.Add(name);
    }

    // The enumeration delivers name and kind together, and the size by one system call; a FileSystemInfo would cost four of them.
    private static string NameOf(ref FileSystemEntry entry) => entry.FileName.ToString();

    private static (string Name, bool IsFolder, long Size) PropertiesOf(ref FileSystemEntry entry)
    {
        var isFolder = entry.IsDirectory;
        return (entry.FileName.ToString(), isFolder, isFolder ? 0 : entry.Length);
    }
}
