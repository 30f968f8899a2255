using P2PShare.Peer.Sharing.Exclusion;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// Finds what a <see cref="PathScan"/> of a whole folder would find at some paths in it, without scanning the rest.
/// </summary>
/// <param name="root">The announced folder, a full path.</param>
/// <param name="excluded">Patterns that the user typed.</param>
internal sealed class PartScan(string root, IReadOnlyList<string> excluded)
{
    private readonly PathScan _found = PathScan.OfParts();
    private readonly string _name = Path.GetFileName(root);

    // By relative path with '/' at its end; null where nothing in the folder is shared.
    private readonly Dictionary<string, IgnoreScope?> _scopes = [];

    /// <param name="paths">Full paths in the folder.</param>
    public PathScan Of(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            Add(path, Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'));
        return _found;
    }

    private void Add(string path, string relative)
    {
        var name = Path.GetFileName(path);
        if (relative == "." || name.StartsWith('.') || ScopeOf(relative[..(relative.LastIndexOf('/') + 1)]) is not { } scope)
            return;
        if (KindOf(path) is not { } isFolder || scope.Excludes(relative, isFolder))
            return;
        if (isFolder)
            _found.AddFolder(path, $"{_name}/{relative}", relative + "/", scope);
        else if (new FileInfo(path) is { Exists: true } file)
            _found.Files.Add(new FoundFile(path, $"{_name}/{relative}", file.Length));
    }

    private IgnoreScope? ScopeOf(string folder)
    {
        if (_scopes.TryGetValue(folder, out var known))
            return known;
        IgnoreScope? scope;
        try
        {
            scope = ReadScope(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            scope = null;
        }

        _scopes.Add(folder, scope);
        return scope;
    }

    private IgnoreScope? ReadScope(string folder)
    {
        var scope = IgnoreScope.Of(excluded);
        if (folder.Length > 0)
        {
            var trimmed = folder[..^1];
            var above = trimmed[..(trimmed.LastIndexOf('/') + 1)];
            if (trimmed[above.Length] == '.' || ScopeOf(above) is not { } outer || outer.Excludes(trimmed, isFolder: true)
                || KindOf(Path.Combine(root, trimmed)) is not true)
                return null;
            scope = outer;
        }

        var file = Path.Combine(root, folder, IgnoreScope.FileName);
        return Path.Exists(file) ? scope.With(file, folder) : scope;
    }

    // Whether it is a folder; null for a symbolic link, and where it cannot be examined.
    private static bool? KindOf(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            var isLink = attributes.HasFlag(FileAttributes.ReparsePoint) && new FileInfo(path).LinkTarget is not null;
            return isLink ? null : attributes.HasFlag(FileAttributes.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
