using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>The files that this client shares, by name and by file id. Nothing else is served. Safe to use from any thread.</summary>
internal sealed class SharedFiles
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FileName, SharedFile> _byName = [];
    private readonly Dictionary<FileId, List<SharedFile>> _byId = [];

    /// <summary>Raised, outside any lock, when a file is found to differ from what was announced.</summary>
    public event Action<SharedFile>? ChangeDetected;

    /// <summary>Adds the file, and replaces one of the same name.</summary>
    public void Put(SharedFile file)
    {
        lock (_lock)
        {
            RemoveLocked(file.Name);
            _byName.Add(file.Name, file);
            if (_byId.TryGetValue(file.Identity.Id, out var same))
                same.Add(file);
            else
                _byId.Add(file.Identity.Id, [file]);
        }
    }

    /// <summary>Removes the file. False where there is none of this name.</summary>
    public bool Remove(FileName name)
    {
        lock (_lock)
            return RemoveLocked(name);
    }

    public bool TryFind(FileName name, [NotNullWhen(true)] out SharedFile? file)
    {
        lock (_lock)
            return _byName.TryGetValue(name, out file);
    }

    public bool TryFind(FileId id, [NotNullWhen(true)] out SharedFile? file)
    {
        lock (_lock)
        {
            file = _byId.TryGetValue(id, out var same) ? same[0] : null;
            return file is not null;
        }
    }

    /// <summary>All files, in the order of their names.</summary>
    public IReadOnlyList<SharedFile> Snapshot()
    {
        lock (_lock)
            return [.. _byName.Values.OrderBy(file => file.Name)];
    }

    /// <summary>Reports that a file differs from what was announced.</summary>
    public void ReportChange(SharedFile file) => ChangeDetected?.Invoke(file);

    private bool RemoveLocked(FileName name)
    {
        if (!_byName.Remove(name, out var file))
            return false;
        var same = _byId[file.Identity.Id];
        same.Remove(file);
        if (same.Count == 0)
            _byId.Remove(file.Identity.Id);
        return true;
    }
}
