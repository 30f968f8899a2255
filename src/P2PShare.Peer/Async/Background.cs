namespace P2PShare.Peer.Async;

/// <summary>Starts work that runs beside its starter.</summary>
internal static class Background
{
    /// <summary>
    /// As Task.Run, but on the scheduler that its starter runs on: the thread pool in the program, and in a simulation the one queue
    /// that makes a run repeatable.
    /// </summary>
    public static Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    /// <summary>Waits for the end, however it comes; who wants to know how looks at the task.</summary>
    public static async Task WhenEnded(Task work) =>
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
