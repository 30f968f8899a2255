using System.Collections.Concurrent;
using P2PShare.Peer.Async;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>
/// Keeps what is shared of one folder in step with the disk: files that appear are announced, files that change are withdrawn until they
/// are stable and announced anew, files that go are withdrawn.
/// </summary>
/// <param name="folder">The announced folder.</param>
/// <param name="state">What is known of its files.</param>
/// <param name="updates">Announces and withdraws.</param>
/// <param name="tell">Tells the user, in a sentence that begins with the folder's name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class FolderFollower(
    FollowedFolder folder,
    FolderState state,
    FolderUpdates updates,
    Action<FollowedFolder, string> tell,
    TimeProvider time,
    ILogger log) : IDisposable
{
    // Changes come in bursts: a program writes a temporary file and renames it, or unpacks an archive.
    private static readonly TimeSpan BurstPeriod = TimeSpan.FromMilliseconds(200);

    // How often it is checked that the folder itself is still there: the system does not report that. One system call.
    private static readonly TimeSpan RootPeriod = TimeSpan.FromSeconds(2);

    // While the files of a burst go on coming, the user is told this often.
    private static readonly TimeSpan MaxUntold = TimeSpan.FromSeconds(10);

    private readonly FolderChanges _changes = new(folder.Root, log);
    private readonly RescanClock _rescans = new(time);
    private readonly ConcurrentQueue<SharedFile> _reported = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly FolderTally _untold = new(time);
    private ulong? _rootId;

    public FollowedFolder Folder => folder;

    /// <summary>Ends <see cref="RunAsync"/>.</summary>
    public void Stop() => _ending.Cancel();

    /// <summary>Leaves a changed file to this follower. False where it is not a file of this folder.</summary>
    public bool TryReportChange(SharedFile file)
    {
        if (!state.Has(file))
            return false;
        _reported.Enqueue(file);
        _changes.Add(file.Path);
        return true;
    }

    /// <inheritdoc cref="FolderState.KeepWithdrawn"/>
    public bool KeepWithdrawn(FileName name) => state.KeepWithdrawn(name);

    /// <summary>Follows the folder until cancelled or stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ending.Token);
        try
        {
            while (true)
            {
                await StepAsync(linked.Token);
                var due = state.NextDue is { } next && next < RootPeriod ? next : RootPeriod;
                await Background.WaitNoThrowAsync(_changes.Changed.WaitAsync(due, time, linked.Token));
                linked.Token.ThrowIfCancellationRequested();
                if (_changes.Changed.IsCompleted)
                    await Task.Delay(BurstPeriod, time, linked.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The client ends, or the folder is not followed any more.
        }
        catch (Exception e)
        {
            log.Error(e, "{Folder:l} is not followed any more because of an internal error", folder.Root);
            tell(folder, "changes are not followed any more, by a fault of this program; the log tells more.");
        }
        finally
        {
            _changes.Dispose();
        }
    }

    public void Dispose()
    {
        _ending.Dispose();
        _changes.Dispose();
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        if (!CheckRoot())
        {
            await ForgetAsync(new FolderComparison(), cancellation);
            return;
        }

        try
        {
            await FollowAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Debug("{Folder:l} cannot be read: {Reason:l}", folder.Root, e.Message);
            _rescans.Reset();
            await ForgetAsync(new FolderComparison(), cancellation);
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var paths = _changes.Take(out var isAll);
        var comparison = Compare(paths, isAll || _rescans.IsDue(_changes.IsWatching));
        if (comparison.GoneCount > 0 && !Directory.Exists(folder.Root))
        {
            // The folder went while it was read.
            await ForgetAsync(comparison, cancellation);
            return;
        }

        while (_reported.TryDequeue(out var file))
            state.NoteChange(file, comparison);
        await updates.WithdrawAsync([.. comparison.Changed, .. comparison.Gone], cancellation);
        _untold.CountWithdrawn(comparison.GoneCount);
        await updates.AnnounceAsync([.. comparison.Moved, .. state.TakeStable()], _untold, cancellation);
        TellWhenDone();
    }

    // False where the folder is gone. One that has come, or is another one under the same path, is watched anew.
    private bool CheckRoot()
    {
        var id = FolderId.TryOf(folder.Root);
        if (id is not null && id != _rootId)
        {
            if (folder.IsWatched)
                _changes.Watch();
            if (_rootId is null)
                log.Information("{Folder:l} is followed, {Way:l}", folder.Root, _changes.IsWatching ? "watched" : "by rescans");
            _changes.AddAll();
        }

        _rootId = id;
        return id is not null;
    }

    private FolderComparison Compare(IReadOnlySet<string> paths, bool isAll)
    {
        if (!isAll && paths.Count == 0)
            return new FolderComparison();
        isAll |= paths.Any(path => Path.GetFileName(path) == Exclusion.IgnoreScope.FileName);
        if (!isAll)
            return state.Compare(new PartScan(folder.Root, folder.Excluded).Of(paths).Files, paths);
        using var scan = _rescans.Begin();
        return state.Compare(PathScan.Of(folder.Root, folder.Excluded).Files, changed: null);
    }

    // What is already known to be gone counts as well.
    private async Task ForgetAsync(FolderComparison known, CancellationToken cancellation)
    {
        var isGone = !Directory.Exists(folder.Root);
        if (isGone)
            _changes.StopWatching();
        _changes.Take(out _);
        _reported.Clear();
        var comparison = state.Clear();
        await updates.WithdrawAsync([.. known.Changed, .. known.Gone, .. comparison.Gone], cancellation);
        var count = known.GoneCount + comparison.GoneCount;
        if (count == 0)
            return;
        var are = count == 1 ? "is" : "are";
        var what = isGone ? "is gone" : "cannot be read";
        tell(folder, $"the folder {what}; its {FolderTally.Files(count)} {are} withdrawn.");
    }

    private void TellWhenDone()
    {
        var isDone = state.NextDue is null && !_changes.Changed.IsCompleted;
        if (_untold.Age is { } age && (isDone || age > MaxUntold))
            tell(folder, _untold.TakeSentence());
    }
}
