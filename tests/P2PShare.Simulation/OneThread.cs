using System.Collections.Concurrent;

namespace P2PShare.Simulation;

/// <summary>Runs every task of a simulation on one thread, in the order in which they became ready: with it, the same seed is the same run.</summary>
internal sealed class OneThread : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Work that came from another thread, whose time of coming nobody decided. Above 0, the run cannot be repeated.</summary>
    public int Strays { get; private set; }

    /// <summary>Runs until nothing is ready any more. Called by the thread that made this.</summary>
    public void RunUntilIdle()
    {
        while (_ready.TryDequeue(out var task))
            TryExecuteTask(task);
    }

    public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            Strays++;
        _ready.Enqueue(task);
    }

    // Never in line: what is ready waits for its turn, whoever waits for it.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
