namespace P2PShare.Peer.Async;

/// <summary>Lets one piece of work run at a time, in the order of coming.</summary>
internal sealed class SerialQueue
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    public async Task<T> TakeAsync<T>(Func<Task<T>> work)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
            (before, _last) = (_last, mine.Task);
        await before;
        try
        {
            return await work();
        }
        finally
        {
            mine.SetResult();
        }
    }
}
