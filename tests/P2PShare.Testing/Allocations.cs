namespace P2PShare.Testing;

/// <summary>Measures the managed memory that some work allocates.</summary>
public static class Allocations
{
    private const int Times = 100;
    private const int Attempts = 10;

    /// <summary>
    /// Bytes that this thread allocates while the work runs 100 times, after one run to warm up. The result is the least of up to ten
    /// attempts, because a garbage collection during one, which another test may cause, counts the unused part of the thread's
    /// allocation context.
    /// </summary>
    public static long Of(Action work)
    {
        work();
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var time = 0; time < Times; time++)
                work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
