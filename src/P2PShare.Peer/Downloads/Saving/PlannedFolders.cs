using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>The folders of one download. Each is looked at, and made, once, and not for each of the thousand files that go there.</summary>
internal sealed class PlannedFolders(DownloadsFolder downloads)
{
    // Of each folder what is in the way, or null.
    private readonly Dictionary<string, string?> _obstacles = [];
    private readonly HashSet<string> _new = [];

    /// <summary>This download has made the folder of <paramref name="path"/>, so that nothing of before it is there.</summary>
    public bool IsNew(string path) => _new.Contains(FolderOf(path));

    /// <inheritdoc cref="DownloadsFolder.TryMakeFoldersFor"/>
    public bool TryMakeFor(string path, [NotNullWhen(false)] out string? obstacle)
    {
        var folder = FolderOf(path);
        if (_obstacles.TryGetValue(folder, out obstacle))
            return obstacle is null;
        var isThere = Path.Exists(folder);
        var isMade = downloads.TryMakeFoldersFor(path, out obstacle);
        _obstacles.Add(folder, obstacle);
        if (isMade && !isThere)
            _new.Add(folder);
        return isMade;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;
}
