namespace P2PShare.Client.Sharing;

/// <summary>A file found under a folder that is announced: its path, and its name on the network before the door has seen it.</summary>
internal readonly record struct FoundFile(string Path, string Name);

/// <summary>What was left out of a folder, and why.</summary>
internal readonly record struct LeftOut(string Path, string Reason);

/// <summary>Walks a folder for the regular files in it. Symbolic links are not followed: they could lead out of what the user meant to share.</summary>
internal sealed class FolderScan
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false };

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
        scan.Walk(new DirectoryInfo(folder), Path.GetFileName(folder));
        return scan;
    }

    private void Walk(DirectoryInfo folder, string name)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var entryName = $"{name}/{entry.Name}";
            if (entry.Name.StartsWith('.'))
                LeftOut.Add(new LeftOut(entry.FullName, "hidden"));
            else if (entry.Name.Contains(Replacement))
                LeftOut.Add(new LeftOut(entry.FullName, "its name is not valid UTF-8"));
            else if (entry.LinkTarget is not null)
                LeftOut.Add(new LeftOut(entry.FullName, "symbolic link"));
            else if (entry is DirectoryInfo below)
                TryWalk(below, entryName);
            else
                Files.Add(new FoundFile(entry.FullName, entryName));
        }
    }

    private void TryWalk(DirectoryInfo folder, string name)
    {
        try
        {
            Walk(folder, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LeftOut.Add(new LeftOut(folder.FullName, "unreadable"));
        }
    }
}
