namespace P2PShare.Protocol.Tests;

internal static class Allocations
{
    private const int Times = 100;

    /// <summary>Bytes that this thread allocates while the work is done 100 times, after once to warm up.</summary>
    public static long Of(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < Times; time++)
            work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
