using System.Collections.Concurrent;

namespace P2PShare.Simulation;

/// <summary>
/// Runs all tasks of a simulation on one thread, in the order in which they became ready, so that a seed determines the run.
/// </summary>
internal sealed class SingleThreadScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>
    /// The number of tasks that other threads queued. Their order is not determined: above 0, the run cannot be repeated.
    /// </summary>
    public int TasksFromOtherThreads { get; private set; }

    /// <summary>Runs tasks until none is ready. Must be called by the thread that created the scheduler.</summary>
    public void RunUntilIdle()
    {
        while (_ready.TryDequeue(out var task))
            TryExecuteTask(task);
    }

    public Task Start(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            TasksFromOtherThreads++;
        _ready.Enqueue(task);
    }

    // Never inline: every task runs in queue order.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
