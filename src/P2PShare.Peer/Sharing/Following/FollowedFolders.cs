using P2PShare.Peer.Async;
using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>The announced folders that are kept in step with the disk. Thread-safe.</summary>
/// <param name="shared">What this client shares.</param>
/// <param name="identifier">Remembers the content of moved files.</param>
/// <param name="announcer">Hashes and announces.</param>
/// <param name="publisher">Withdraws.</param>
/// <param name="tell">Tells the user: the folder, and what happened in it, in a sentence that begins with its name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class FollowedFolders(
    SharedFiles shared,
    ContentIdentifier identifier,
    Announcer announcer,
    Publisher publisher,
    Action<FollowedFolder, string> tell,
    TimeProvider time,
    ILogger log) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, (FolderFollower Follower, Task Running)> _followed = new(StringComparer.Ordinal);
    private readonly List<Task> _ended = [];

    /// <summary>Where false, folders are followed by rescans alone.</summary>
    public bool UsesWatchers { get; init; } = true;

    /// <summary>Follows a folder that has just been announced; one that is followed already is followed as it is announced now.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="excluded">Patterns that the user typed.</param>
    public void Follow(string path, IReadOnlyList<string> excluded)
    {
        var root = RootOf(path);
        Unfollow(root);
        var folder = new FollowedFolder(root, excluded, UsesWatchers && LocalFileSystem.IsAt(root));
        var state = new FolderState(shared, identifier, time);
        var prefix = root + Path.DirectorySeparatorChar;
        state.Add(shared.Snapshot().Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal)
            && file.Name.ToString().StartsWith(folder.Name + "/", StringComparison.Ordinal)));
        var follower = new FolderFollower(folder, state, new FolderUpdates(state, announcer, publisher, log), tell, time, log);
        lock (_lock)
            _followed[root] = (follower, Background.Run(() => follower.RunAsync(_ending.Token)));
    }

    /// <summary>Does not follow a folder any more; what is shared of it stays so.</summary>
    public void Unfollow(string path)
    {
        lock (_lock)
        {
            if (!_followed.Remove(RootOf(path), out var former))
                return;
            former.Follower.Stop();
            _ended.RemoveAll(task => task.IsCompleted);
            _ended.Add(former.Running);
        }
    }

    /// <summary>Leaves a changed file to the follower of its folder. False where that is not followed.</summary>
    public bool TryReportChange(SharedFile file)
    {
        lock (_lock)
            return _followed.Values.Any(followed => followed.Follower.TryReportChange(file));
    }

    /// <summary>The user withdrew a name. True where its file, which had changed, was about to be shared again.</summary>
    public bool KeepWithdrawn(FileName name)
    {
        lock (_lock)
            return _followed.Values.Any(followed => followed.Follower.KeepWithdrawn(name));
    }

    /// <summary>Ends all following.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        List<Task> running;
        lock (_lock)
            running = [.. _followed.Values.Select(followed => followed.Running), .. _ended];
        await Task.WhenAll(running);
        foreach (var (follower, _) in _followed.Values)
            follower.Dispose();
        _ending.Dispose();
    }

    private static string RootOf(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
