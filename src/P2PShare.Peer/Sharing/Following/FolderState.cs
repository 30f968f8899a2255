using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// What is known of the files of one followed folder, and how it changes: no file is hashed here, and nobody is told. Thread-safe.
/// </summary>
/// <param name="shared">What this client shares.</param>
/// <param name="identifier">Remembers the content of moved files.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderState(SharedFiles shared, ContentIdentifier identifier, TimeProvider time)
{
    // A file that changes again and again is hashed ever more seldom.
    private const int BusyFactor = 10;
    private static readonly TimeSpan MaxStablePeriod = TimeSpan.FromSeconds(64);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FollowedFile> _files = new(StringComparer.Ordinal);
    private readonly UnstableFiles _unstable = new(time);

    /// <summary>The time until <see cref="TakeStable"/> may return a file; null where none waits.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
                return _unstable.NextDue;
        }
    }

    /// <summary>Files that are shared already.</summary>
    public void Add(IEnumerable<SharedFile> files)
    {
        lock (_lock)
        {
            foreach (var file in files)
            {
                var found = new FoundFile(file.Path, file.Name.ToString(), file.Stamp.Size);
                var known = new FollowedFile(found, new FileTrace(file.Stamp, 0)) { State = FollowedState.Shared, Shared = file };
                _files[file.Path] = known;
            }
        }
    }

    /// <summary>Compares what was found with what is known.</summary>
    /// <param name="found">The files that were found.</param>
    /// <param name="changed">The paths that were looked at; null where it was the whole folder.</param>
    public FolderComparison Compare(IReadOnlyList<FoundFile> found, IReadOnlySet<string>? changed)
    {
        var traced = new List<(FoundFile Found, FileTrace Trace)>(found.Count);
        foreach (var file in found)
        {
            if (FileTrace.TryOf(file.Path) is { } trace)
                traced.Add((file, trace));
        }

        lock (_lock)
            return CompareLocked(traced, changed);
    }

    /// <summary>True where the file is one of this folder.</summary>
    public bool Has(SharedFile file)
    {
        lock (_lock)
            return _files.TryGetValue(file.Path, out var known) && known.Shared == file;
    }

    /// <summary>
    /// A file was found to differ from what was announced, or could not be opened, which its stamp may not show. What is gone is left to
    /// <see cref="Compare"/>.
    /// </summary>
    public void NoteChange(SharedFile file, FolderComparison comparison)
    {
        lock (_lock)
        {
            if (!_files.TryGetValue(file.Path, out var known) || known.Shared != file || known.State != FollowedState.Shared)
                return;
            if (FileTrace.TryOf(file.Path) is not { } trace)
                return;
            comparison.Changed.Add(file);
            Wait(known, trace);
            known.Trace = trace;
        }
    }

    /// <summary>Removes the files that have become stable from those that wait.</summary>
    public List<FollowedFile> TakeStable()
    {
        lock (_lock)
        {
            // What is gone is left to the next comparison.
            return [.. _unstable.TakeStable(out _).Select(path => _files[path])];
        }
    }

    /// <summary>The user withdrew the name. True where its file was about to be shared.</summary>
    public bool KeepWithdrawn(FileName name)
    {
        lock (_lock)
        {
            // Files that are not shared are few, and a name is withdrawn by hand.
            var waiting = _files.Values.FirstOrDefault(file => file.Name == name && file.State == FollowedState.Waiting);
            if (waiting is null)
                return false;
            _unstable.Remove(waiting.Found.Path);
            waiting.State = FollowedState.Withdrawn;
            return true;
        }
    }

    /// <summary>Another file has the name of this one; it stays.</summary>
    public bool IsNameTaken(FollowedFile file) =>
        file.Name is { } name && shared.TryFind(name, out var other) && other.Path != file.Found.Path;

    /// <summary>Notes whether the file is shared now.</summary>
    /// <returns>The file, where it was withdrawn meanwhile: it must not be shared.</returns>
    public SharedFile? Complete(FollowedFile file)
    {
        lock (_lock)
        {
            var current = SharedAs(file);
            if (file.State == FollowedState.Withdrawn)
                return current;
            file.State = current is null ? FollowedState.Failed : FollowedState.Shared;
            file.Shared = current;
            file.SharedSince = time.GetTimestamp();
            file.Trace = FileTrace.TryOf(file.Found.Path) ?? file.Trace;
            return null;
        }
    }

    /// <summary>Removes all files, but for what the user withdrew.</summary>
    public FolderComparison Clear()
    {
        lock (_lock)
            return CompareLocked([], changed: null);
    }

    private FolderComparison CompareLocked(List<(FoundFile Found, FileTrace Trace)> found, IReadOnlySet<string>? changed)
    {
        using var batch = identifier.BeginBatch();
        var comparison = new FolderComparison();
        var movedFrom = new Dictionary<FileTrace, FollowedFile>();
        var seen = found.Select(file => file.Found.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var file in FilesAt(changed, seen).Where(file => !seen.Contains(file.Found.Path)).ToList())
            Remove(file, comparison, movedFrom);
        foreach (var (file, trace) in found)
            Examine(file, trace, comparison, movedFrom, isReported: changed is not null);
        return comparison;
    }

    // The known files at and below the paths. That something below a path is known takes a pass over all files to find; it is made where a
    // path is neither known nor found, as a folder is that is gone.
    private IEnumerable<FollowedFile> FilesAt(IReadOnlySet<string>? paths, HashSet<string> seen)
    {
        if (paths is null)
            return _files.Values;
        if (!paths.All(path => seen.Contains(path) || _files.ContainsKey(path)))
            return _files.Values.Where(file => IsAtOrBelow(file.Found.Path, paths));
        return paths.Where(_files.ContainsKey).Select(path => _files[path]);
    }

    private static bool IsAtOrBelow(string path, IReadOnlySet<string> paths)
    {
        for (string? at = path; at is not null; at = Path.GetDirectoryName(at))
        {
            if (paths.Contains(at))
                return true;
        }

        return false;
    }

    private void Examine(
        FoundFile file, FileTrace trace, FolderComparison comparison, Dictionary<FileTrace, FollowedFile> movedFrom, bool isReported)
    {
        if (!_files.TryGetValue(file.Path, out var known))
        {
            known = new FollowedFile(file, trace);
            _files.Add(file.Path, known);
            if (known.Name is null)
                known.State = FollowedState.Failed;
            else if (!TryMove(known, trace, comparison, movedFrom))
                _unstable.Add(file.Path, trace.Stamp);
            return;
        }

        if (known.State == FollowedState.Shared && !IsStillShared(known))
        {
            known.State = FollowedState.Withdrawn;
        }
        else if (known.State == FollowedState.Shared && known.Shared!.Stamp != trace.Stamp)
        {
            comparison.Changed.Add(known.Shared);
            if (!TryMove(known, trace, comparison, movedFrom))
                Wait(known, trace);
        }
        else if (known.State == FollowedState.Failed && known.Name is not null && (isReported || known.Trace.Stamp != trace.Stamp))
        {
            Wait(known, trace);
        }
        else if (known.State == FollowedState.Waiting && !_unstable.Contains(file.Path))
        {
            _unstable.Add(file.Path, trace.Stamp, known.StablePeriod);
        }

        known.Trace = trace;
    }

    // False where the user has withdrawn it, or announced another file under its name.
    private bool IsStillShared(FollowedFile known)
    {
        known.Shared = SharedAs(known) ?? known.Shared;
        return SharedAs(known) is not null;
    }

    private SharedFile? SharedAs(FollowedFile file) =>
        file.Name is { } name && shared.TryFind(name, out var found) && found.Path == file.Found.Path ? found : null;

    private void Wait(FollowedFile known, FileTrace trace)
    {
        var isBusy = known.State == FollowedState.Shared && time.GetElapsedTime(known.SharedSince) < BusyFactor * known.StablePeriod;
        var longer = known.StablePeriod * 2 < MaxStablePeriod ? known.StablePeriod * 2 : MaxStablePeriod;
        known.StablePeriod = isBusy && known.SharedSince != 0 ? longer : UnstableFiles.StablePeriod;
        known.State = FollowedState.Waiting;
        _unstable.Add(known.Found.Path, trace.Stamp, known.StablePeriod);
    }

    private bool TryMove(
        FollowedFile known, FileTrace trace, FolderComparison comparison, Dictionary<FileTrace, FollowedFile> movedFrom)
    {
        if (!movedFrom.TryGetValue(trace, out var former))
            return false;
        if (former.State == FollowedState.Withdrawn)
        {
            known.State = FollowedState.Withdrawn;
            return true;
        }

        identifier.RememberMoved(known.Found.Path, trace.Stamp, former.Shared!.Identity);
        known.State = FollowedState.Waiting;
        comparison.Moved.Add(known);
        return true;
    }

    private void Remove(FollowedFile file, FolderComparison comparison, Dictionary<FileTrace, FollowedFile> movedFrom)
    {
        if (file.State == FollowedState.Shared && !IsStillShared(file))
            file.State = FollowedState.Withdrawn;
        var isKnownContent = file.State == FollowedState.Shared && file.Trace.Stamp == file.Shared!.Stamp;
        if (file.Trace.IsUnique && (isKnownContent || file.State == FollowedState.Withdrawn))
            movedFrom.TryAdd(file.Trace, file);
        if (file.State == FollowedState.Shared)
            comparison.Gone.Add(file.Shared!);
        if (file.State == FollowedState.Shared || (file.State == FollowedState.Waiting && file.Shared is not null))
            comparison.GoneCount++;

        // What the user withdrew stays so when it is written anew: many programs replace a file to save it.
        if (file.State != FollowedState.Withdrawn)
            _files.Remove(file.Found.Path);
        _unstable.Remove(file.Found.Path);
    }
}
