using P2PShare.Protocol;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Content;

/// <summary>
/// The empty folders that belong to shared folders: the server knows of files only, so that their owners tell of them. Thread-safe.
/// </summary>
internal sealed class EmptyFolders
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FileName, FileName[]> _byRoot = [];

    /// <summary>Says which folders below a folder are empty, instead of what was said of it before.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="folders">Full names; those beyond <see cref="Limits.MaxEmptyFolders"/> are left out.</param>
    public void Set(FileName root, IEnumerable<FileName> folders)
    {
        var kept = folders.Take(Limits.MaxEmptyFolders).ToArray();
        lock (_lock)
        {
            if (kept.Length == 0)
                _byRoot.Remove(root);
            else
                _byRoot[root] = kept;
        }
    }

    /// <summary>Those below a folder, as many as one answer may name.</summary>
    public IReadOnlyList<FileName> Below(FileName root)
    {
        var found = new HashSet<FileName>();
        var bytes = 0;
        lock (_lock)
        {
            foreach (var name in _byRoot.Values.SelectMany(names => names).Where(name => name.IsBelow(root)))
            {
                if (found.Count == Limits.MaxEmptyFolders || bytes + name.Utf8.Length > Limits.MaxEmptyFolderBytes)
                    break;
                if (found.Add(name))
                    bytes += name.Utf8.Length;
            }
        }

        return [.. found];
    }
}
