using System.Diagnostics.CodeAnalysis;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>Makes the folders that one download needs. Each folder is examined and made once, not once for each file in it.</summary>
internal sealed class PlannedFolders(DownloadsFolder downloads)
{
    // For each folder what is in its way, or null.
    private readonly Dictionary<string, string?> _obstacles = [];
    private readonly HashSet<string> _new = [];

    /// <summary>This download has made the folder of <paramref name="path"/>, so it holds no file from before.</summary>
    public bool IsNew(string path) => _new.Contains(FolderOf(path));

    /// <inheritdoc cref="DownloadsFolder.TryMakeFoldersFor(string, out string)"/>
    public bool TryMakeFor(string path, [NotNullWhen(false)] out string? obstacle)
    {
        var folder = FolderOf(path);
        if (_obstacles.TryGetValue(folder, out obstacle))
            return obstacle is null;
        var existed = Path.Exists(folder);
        var isMade = downloads.TryMakeFoldersFor(path, out obstacle);
        _obstacles.Add(folder, obstacle);
        if (isMade && !existed)
            _new.Add(folder);
        return isMade;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;
}
