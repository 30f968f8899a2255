using System.Diagnostics;
using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>What a program holds of the machine at one moment.</summary>
internal readonly record struct Figures(long ResidentBytes, int Descriptors, int Threads)
{
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static Figures Of(int id) => new(ProcessFigures.ResidentBytes(id), ProcessFigures.OpenDescriptors(id), ProcessFigures.Threads(id));

    /// <summary>When it has no more descriptors than so many, or after a minute all the same.</summary>
    public static async Task<Figures> WhenLetGoAsync(int id, int descriptors)
    {
        var start = Stopwatch.GetTimestamp();
        while (ProcessFigures.OpenDescriptors(id) > descriptors && Stopwatch.GetElapsedTime(start) < Aftermath)
            await Task.Delay(Interval);
        return Of(id);
    }

    public override string ToString() => $"{ResidentBytes / 1048576.0:F1} MiB resident, {Descriptors} descriptors, {Threads} threads";
}
