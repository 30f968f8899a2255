using System.Diagnostics.CodeAnalysis;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// What this client shares: files, by name and by file id, and the parts of files that are being fetched, by file id. Nothing else is
/// served. Safe to use from any thread.
/// </summary>
internal sealed class SharedFiles
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FileName, SharedFile> _byName = [];
    private readonly Dictionary<FileId, List<SharedFile>> _byId = [];
    private readonly Dictionary<FileId, SharedPart> _parts = [];

    /// <summary>The empty folders of the folders that were announced or fetched.</summary>
    public EmptyFolders EmptyFolders { get; } = new();

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

    /// <summary>Adds the file unless another one has its name.</summary>
    public bool TryAdd(SharedFile file)
    {
        lock (_lock)
        {
            if (_byName.ContainsKey(file.Name))
                return false;
            Put(file);
            return true;
        }
    }

    /// <summary>Adds the part unless the same content is shared already.</summary>
    public bool TryAdd(SharedPart part)
    {
        lock (_lock)
            return !_byId.ContainsKey(part.Identity.Id) && _parts.TryAdd(part.Identity.Id, part);
    }

    /// <summary>Removes the part. False where it is not shared.</summary>
    public bool Remove(SharedPart part)
    {
        lock (_lock)
            return _parts.TryGetValue(part.Identity.Id, out var shared) && shared == part && _parts.Remove(part.Identity.Id);
    }

    /// <summary>Removes the file. False where another one has taken its name since, or it is not shared.</summary>
    public bool Remove(SharedFile file)
    {
        lock (_lock)
            return _byName.TryGetValue(file.Name, out var shared) && shared == file && RemoveLocked(file.Name);
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

    /// <summary>Whether a file in this folder, at any depth, is shared.</summary>
    public bool HasFileBelow(FileName folder)
    {
        lock (_lock)
            return _byName.Keys.Any(name => name.IsBelow(folder));
    }

    public bool TryFindPart(FileId id, [NotNullWhen(true)] out SharedPart? part)
    {
        lock (_lock)
            return _parts.TryGetValue(id, out part);
    }

    /// <summary>All parts, in the order of their names.</summary>
    public IReadOnlyList<SharedPart> Parts()
    {
        lock (_lock)
            return [.. _parts.Values.OrderBy(part => part.Name)];
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
