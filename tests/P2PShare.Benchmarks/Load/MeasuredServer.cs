using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Load;

/// <summary>Figures of a server under load, beside the processor time that it took itself.</summary>
internal static class MeasuredServer
{
    /// <returns>Requests per second, processor time of the server per request in microseconds, and p99 in milliseconds.</returns>
    public static async Task<double[]> MeasureAsync(int server, Func<Task<LoadFigures>> run)
    {
        var before = ProcessMetrics.CpuSeconds(server);
        var figures = await run();
        return [figures.PerSecond, (ProcessMetrics.CpuSeconds(server) - before) / figures.Replies * 1e6, figures.P99];
    }
}
