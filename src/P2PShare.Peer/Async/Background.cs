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

    /// <summary>Waits until <paramref name="work"/> has completed, and ignores whether it failed or was cancelled.</summary>
    public static async Task WaitNoThrowAsync(Task work) =>
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
