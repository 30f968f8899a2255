using System.Diagnostics;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>The resources that a program uses at one moment.</summary>
internal readonly record struct ResourceUsage(long ResidentBytes, int Descriptors, int Threads)
{
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static ResourceUsage Of(int id) =>
        new(ProcessMetrics.ResidentBytes(id), ProcessMetrics.OpenDescriptors(id), ProcessMetrics.Threads(id));

    /// <summary>Waits until the process has at most this number of descriptors open, for at most a minute.</summary>
    public static async Task<ResourceUsage> WaitForReleaseAsync(int id, int descriptors)
    {
        var start = Stopwatch.GetTimestamp();
        while (ProcessMetrics.OpenDescriptors(id) > descriptors && Stopwatch.GetElapsedTime(start) < SettlingTime)
            await Task.Delay(Interval);
        return Of(id);
    }

    public override string ToString() => $"{ResidentBytes / 1048576.0:F1} MiB resident, {Descriptors} descriptors, {Threads} threads";
}
