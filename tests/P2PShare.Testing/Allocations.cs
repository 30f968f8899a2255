namespace P2PShare.Testing;

/// <summary>Bytes that some work allocates.</summary>
public static class Allocations
{
    private const int Times = 100;
    private const int Attempts = 10;

    /// <summary>
    /// Bytes that this thread allocates while the work is done 100 times, after once to warm up. The least of ten attempts, or none at once, because a
    /// collection in the middle, which another test may cause, counts what the thread had in reserve.
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
