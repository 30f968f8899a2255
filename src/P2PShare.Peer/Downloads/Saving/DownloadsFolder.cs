using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>Maps names from the network to paths inside one folder, with no symbolic link on the way.</summary>
/// <param name="root">The folder. It may be a symbolic link that the user chose; nothing below it may be one.</param>
/// <param name="isRestrictive">Its file system refuses names such as <c>CON</c> or <c>a:b</c>.</param>
/// <param name="shared">The folder of the network that <paramref name="root"/> stands for; null where it holds every name.</param>
internal sealed class DownloadsFolder(string root, bool isRestrictive, FileName? shared = null)
{
    private readonly string _prefix = shared is null ? "" : $"{shared}/";

    /// <summary>The full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Where the files of a shared folder are saved: in this one under its name, or in a folder that the user chose.</summary>
    /// <param name="folder">The folder's name on the network.</param>
    /// <param name="path">The full path of the chosen folder; null where none was.</param>
    public DownloadsFolder For(FileName folder, string? path) => path is null ? this : new DownloadsFolder(path, isRestrictive, folder);

    /// <summary>The path of a shared folder itself.</summary>
    public string PathOfFolder(FileName folder) => shared is null ? PathOf(folder, out _) : Root;

    /// <summary>Returns the full path for a name. Makes no folder.</summary>
    /// <param name="name">From the network.</param>
    /// <param name="isChanged">The file system cannot hold the name, and characters of it were replaced.</param>
    public string PathOf(FileName name, out bool isChanged)
    {
        var text = name.ToString();
        if (text.StartsWith(_prefix, StringComparison.Ordinal))
            text = text[_prefix.Length..];
        var storable = isRestrictive ? string.Join('/', text.Split('/').Select(PortableName.Storable)) : text;
        var path = Path.GetFullPath(Path.Join(Root, storable));
        isChanged = storable != text;

        // FileNameValidator has refused every name that leads out; this is the second barrier.
        if (!path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && Root != Path.GetPathRoot(Root))
            throw new IOException("The name leads out of the downloads folder.");
        return path;
    }

    /// <summary>
    /// The same for a file that may be elsewhere: to a path that the user chose, a symbolic link may lead, and every folder is made.
    /// </summary>
    public bool TryMakeFoldersFor(string path, bool isChosen, [NotNullWhen(false)] out string? obstacle)
    {
        if (!isChosen)
            return TryMakeFoldersFor(path, out obstacle);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        obstacle = null;
        return true;
    }

    /// <summary>Makes the folders above <paramref name="path"/>. False where a symbolic link or a file is in the way.</summary>
    /// <param name="path">A full path inside <see cref="Root"/>.</param>
    /// <param name="obstacle">The full path of that link or file.</param>
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

    /// <summary>
    /// Tries, with a temporary file, whether two names that differ only in letter case are one file here: that depends on the file
    /// system and not on the operating system.
    /// </summary>
    public bool ProbeCaseFolding()
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
