using P2PShare.Peer.Async;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What <see cref="OwnerRoster"/> remembers of one owner, and the worker that fetches from it.</summary>
/// <param name="number">The owner's number in the scheduler.</param>
internal sealed class KnownOwner(int number) : IDisposable
{
    private CancellationTokenSource? _stopping;

    public int Number { get; } = number;

    /// <summary>
    /// The contents that it has, each whole or not, and not the files: a server may list one content under as many names as it has
    /// owners, and a set of files for each owner would take quadratic memory.
    /// </summary>
    public Dictionary<FileId, bool> Contents { get; } = [];

    /// <summary>The latest worker; null where there was none.</summary>
    public OwnerWorker? Worker { get; private set; }

    public Task Work { get; private set; } = Task.CompletedTask;

    /// <summary>Its worker runs, and was not told to stop.</summary>
    public bool IsWorking => !Work.IsCompleted && !_stopping!.IsCancellationRequested;

    /// <summary>When its latest worker began, a timestamp; 0 where there was none.</summary>
    public long StartedAt { get; private set; }

    public int FailuresInRow { get; set; }

    public long FailedAt { get; set; }

    public bool IsRejected { get; set; }

    /// <param name="worker">The worker, of which there is no other that runs.</param>
    /// <param name="now">A timestamp.</param>
    /// <param name="ending">Cancelled when the download ends.</param>
    public void Start(OwnerWorker worker, long now, CancellationToken ending)
    {
        _stopping?.Dispose();
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var stopping = _stopping.Token;
        (Worker, StartedAt) = (worker, now);
        Work = Background.Run(() => worker.RunAsync(stopping));
    }

    /// <summary>Ends the work; another worker may be started when <see cref="Work"/> has ended.</summary>
    public void Stop() => _stopping!.Cancel();

    /// <summary>Forgets the fault of the work.</summary>
    public void ClearWork() => Work = Task.CompletedTask;

    public void Dispose() => _stopping?.Dispose();
}
