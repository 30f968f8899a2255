using P2PShare.Peer.Linux;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>Files that have changed, or have appeared, and wait until they have not changed for 2 s: they may be written still.</summary>
/// <param name="time">The clock.</param>
internal sealed class UnstableFiles(TimeProvider time)
{
    /// <summary>How long a file must not change before it is hashed.</summary>
    public static readonly TimeSpan StablePeriod = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Unstable> _files = [];

    private readonly record struct Unstable(FileStamp Stamp, TimeSpan Period, long Since);

    /// <summary>The time until the next file may be stable; null where there is none.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            var next = TimeSpan.MaxValue;
            foreach (var file in _files.Values)
            {
                var wait = file.Period - time.GetElapsedTime(file.Since);
                next = wait < next ? wait : next;
            }

            return _files.Count == 0 ? null : next < TimeSpan.Zero ? TimeSpan.Zero : next;
        }
    }

    /// <param name="path">The full path.</param>
    /// <param name="stamp">Its stamp now.</param>
    /// <param name="period">How long it must not change; 2 s by default.</param>
    public void Add(string path, FileStamp stamp, TimeSpan? period = null) =>
        _files[path] = new Unstable(stamp, period ?? StablePeriod, time.GetTimestamp());

    public void Remove(string path) => _files.Remove(path);

    public bool Contains(string path) => _files.ContainsKey(path);

    /// <summary>Removes and returns the files that have not changed for their period.</summary>
    /// <param name="gone">The files that cannot be examined any more, which are removed, too.</param>
    public IReadOnlyList<string> TakeStable(out IReadOnlyList<string> gone)
    {
        var stable = new List<string>();
        var missing = new List<string>();
        foreach (var (path, file) in _files.Where(file => time.GetElapsedTime(file.Value.Since) >= file.Value.Period).ToList())
        {
            if (FileTrace.TryOf(path) is not { } trace)
                missing.Add(path);
            else if (trace.Stamp == file.Stamp)
                stable.Add(path);
            else
                Add(path, trace.Stamp, file.Period);
        }

        foreach (var path in stable.Concat(missing))
            _files.Remove(path);
        gone = missing;
        return stable;
    }
}
