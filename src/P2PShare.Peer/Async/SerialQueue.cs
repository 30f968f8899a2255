namespace P2PShare.Peer.Async;

/// <summary>Runs one piece of work at a time, in the order of the calls. A failure does not affect the work behind it.</summary>
internal sealed class SerialQueue
{
    private readonly Lock _lock = new();
    private Task _tail = Task.CompletedTask;

    /// <summary>Runs <paramref name="work"/> when all earlier work has completed, and returns its result.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task previous;
        lock (_lock)
            (previous, _tail) = (_tail, completion.Task);
        await previous;
        try
        {
            return await work();
        }
        finally
        {
            completion.SetResult();
        }
    }
}
