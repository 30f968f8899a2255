namespace P2PShare.Soak;

/// <summary>A delay that a cancellation ends early, without an exception.</summary>
internal static class Pause
{
    public static Task AtMostAsync(double seconds, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), cancellation).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
