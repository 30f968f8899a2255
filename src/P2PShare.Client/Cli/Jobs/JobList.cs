using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Cli.Jobs;

/// <summary>The commands that run in the background. Thread-safe.</summary>
internal sealed class JobList
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Job> _running = [];
    private int _latest;

    /// <summary>A job has failed since the start of the program.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The jobs that run, by number.</summary>
    public IReadOnlyList<Job> Running
    {
        get
        {
            lock (_lock)
                return [.. _running.Values];
        }
    }

    public int NextNumber()
    {
        lock (_lock)
            return ++_latest;
    }

    /// <summary>Starts a command in the background.</summary>
    /// <param name="number">From <see cref="NextNumber"/>.</param>
    /// <param name="command">The command, for people.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="run">The command: returns whether it succeeded, and does not throw.</param>
    /// <param name="cancellation">Ends all jobs.</param>
    public Job Start(
        int number, string command, ITransferProgress progress, Func<CancellationToken, Task<bool>> run, CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = new Job(number, command, progress)
        {
            Ended = RunAsync(number, start.Task, run, source),
            Cancel = source.Cancel,
        };
        lock (_lock)
            _running[number] = job;
        start.SetResult();
        return job;
    }

    /// <summary>The running job of this number; null where there is none.</summary>
    public Job? Find(int number)
    {
        lock (_lock)
            return _running.GetValueOrDefault(number);
    }

    private async Task<bool> RunAsync(int number, Task start, Func<CancellationToken, Task<bool>> run, CancellationTokenSource source)
    {
        await start;
        var succeeded = await run(source.Token);
        lock (_lock)
        {
            _running.Remove(number);
            HasFailed |= !succeeded;
        }

        return succeeded;
    }
}
