using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>Turns names from the network into paths that lie inside one folder, with no symbolic link on the way.</summary>
/// <param name="root">The folder; the user may have chosen a link for it, but nothing below it may be one.</param>
/// <param name="isRestrictive">Whether its file system refuses names such as <c>CON</c> or <c>a:b</c>.</param>
internal sealed class DownloadsFolder(string root, bool isRestrictive)
{
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The path for a name, and whether a character had to be changed for it. Makes no folder.</summary>
    public string PathOf(FileName name, out bool isChanged)
    {
        var text = name.ToString();
        var storable = isRestrictive ? string.Join('/', text.Split('/').Select(PortableName.Storable)) : text;
        var path = Path.GetFullPath(Path.Join(Root, storable));
        isChanged = storable != text;

        // FileNameValidator has refused names that lead out of the folder; this is a second check.
        if (!path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && Root != Path.GetPathRoot(Root))
            throw new IOException("The name leads out of the downloads folder.");
        return path;
    }

    /// <summary>Makes the folders above <paramref name="path"/>. False where a symbolic link or a file stands in the way.</summary>
    public bool TryMakeFoldersFor(string path, [NotNullWhen(false)] out string? obstacle)
    {
        if (File.Exists(Root))
        {
            obstacle = Root;
            return false;
        }

        Directory.CreateDirectory(Root);
        var folder = Root;
        foreach (var part in Path.GetRelativePath(Root, Path.GetDirectoryName(path)!).Split(Path.DirectorySeparatorChar))
        {
            folder = Path.GetFullPath(Path.Combine(folder, part));
            var info = new DirectoryInfo(folder);
            if ((folder != Root && info.LinkTarget is not null) || File.Exists(folder))
            {
                obstacle = folder;
                return false;
            }

            if (!info.Exists)
                info.Create();
        }

        obstacle = null;
        return true;
    }

    /// <summary>Whether two names that differ only in letter case are one file here. Tried, since it is the file system's choice, not the operating system's.</summary>
    public bool FoldsCase()
    {
        Directory.CreateDirectory(Root);
        var probe = Path.Combine(Root, $".p2pshare-case-{Guid.NewGuid():N}");
        try
        {
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
                return File.Exists(Path.Combine(Root, Path.GetFileName(probe).ToUpperInvariant()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
