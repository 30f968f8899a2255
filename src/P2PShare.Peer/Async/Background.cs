namespace P2PShare.Peer.Async;

/// <summary>Starts work that runs concurrently with its caller, and waits for such work.</summary>
internal static class Background
{
    /// <summary>
    /// Like Task.Run, but on the caller's scheduler: the thread pool in the program, and in a simulation the single queue that makes a
    /// run repeatable.
    /// </summary>
    public static Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    /// <summary>
    /// Completes after <paramref name="work"/>, on the caller's scheduler. Task.WhenAny over a source that runs its continuations
    /// asynchronously goes on in the thread pool, whatever the scheduler.
    /// </summary>
    public static async Task OnCallersScheduler(Task work) => await work;

    /// <summary>Waits until <paramref name="work"/> has completed, and ignores whether it failed or was cancelled.</summary>
    public static async Task WaitNoThrowAsync(Task work) =>
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
