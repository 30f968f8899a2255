namespace P2PShare.Soak;

/// <summary>Waits that the end of the run cuts short, as a part of it.</summary>
internal static class Pause
{
    public static Task AtMostAsync(double seconds, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), cancellation).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
