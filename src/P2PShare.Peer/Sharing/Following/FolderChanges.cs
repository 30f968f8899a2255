using Serilog;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// Collects the paths in a folder that may have changed, as the system reports them (inotify on Linux). Where it cannot, or not any more,
/// <see cref="IsWatching"/> is false, and only rescans find changes. Thread-safe.
/// </summary>
/// <param name="root">The folder, a full path.</param>
/// <param name="log">The log.</param>
internal sealed class FolderChanges(string root, ILogger log) : IDisposable
{
    // When more have changed, the whole folder is scanned.
    private const int MaxPaths = 1000;

    private readonly Lock _lock = new();
    private FileSystemWatcher? _watcher;
    private HashSet<string> _paths = new(StringComparer.Ordinal);
    private bool _isAll;
    private bool _hasFailed;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The system reports changes.</summary>
    public bool IsWatching => Volatile.Read(ref _watcher) is not null;

    /// <summary>Completes when there is something to take.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>Begins to watch, or begins anew. Blocks while the system visits all folders below.</summary>
    public void Watch()
    {
        StopWatching();
        if (_hasFailed)
            return;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = Create();
            Volatile.Write(ref _watcher, watcher);
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            OnError(watcher, e);
        }

        // It failed while it began: OnError has let go of it.
        if (Volatile.Read(ref _watcher) != watcher)
            watcher?.Dispose();
    }

    /// <summary>The path may have changed, be new or be gone.</summary>
    public void Add(string path)
    {
        lock (_lock)
        {
            if (!_isAll)
                _paths.Add(path);
            if (_paths.Count > MaxPaths)
                AddAllLocked();
            _changed.TrySetResult();
        }
    }

    /// <summary>Anything in the folder may have changed.</summary>
    public void AddAll()
    {
        lock (_lock)
        {
            AddAllLocked();
            _changed.TrySetResult();
        }
    }

    /// <summary>Returns what has changed, and forgets it.</summary>
    /// <param name="isAll">Anything in the folder may have changed.</param>
    public IReadOnlySet<string> Take(out bool isAll)
    {
        lock (_lock)
        {
            var taken = _paths;
            isAll = _isAll;
            _paths = new HashSet<string>(StringComparer.Ordinal);
            _isAll = false;
            if (_changed.Task.IsCompleted)
                _changed = NewSignal();
            return taken;
        }
    }

    public void StopWatching() => Interlocked.Exchange(ref _watcher, null)?.Dispose();

    public void Dispose() => StopWatching();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FileSystemWatcher Create()
    {
        var watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        watcher.Changed += (_, change) => Add(change.FullPath);
        watcher.Created += (_, change) => Add(change.FullPath);
        watcher.Deleted += (_, change) => Add(change.FullPath);
        watcher.Renamed += (_, change) =>
        {
            Add(change.OldFullPath);
            Add(change.FullPath);
        };
        watcher.Error += (_, error) => OnError(watcher, error.GetException());
        return watcher;
    }

    private void AddAllLocked()
    {
        _paths.Clear();
        _isAll = true;
    }

    // The queue overflowed: changes were lost. Any other error, of which the usual one is that the system's watches have run out, ends the
    // watching.
    private void OnError(FileSystemWatcher? watcher, Exception error)
    {
        if (error is not InternalBufferOverflowException && Interlocked.CompareExchange(ref _watcher, null, watcher) == watcher)
        {
            // Once. A folder that is gone is watched again when it is back.
            if (Directory.Exists(root))
            {
                _hasFailed = true;
                log.Warning("{Folder:l} is scanned from time to time, because it cannot be watched: {Reason:l}", root, error.Message);
            }

            // Not within its own event.
            _ = Task.Run(() => watcher?.Dispose());
        }

        AddAll();
    }
}
