using System.Globalization;

namespace P2PShare.Testing.Processes;

/// <summary>Resource usage of a process, as the kernel reports it (proc(5)).</summary>
public static class ProcessMetrics
{
    private const double TicksPerSecond = 100;
    private const int SettlingSamples = 12;

    private static readonly TimeSpan SettlingInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Processor time so far, user and system, in seconds, with a resolution of 10 ms.</summary>
    public static double CpuSeconds(int id)
    {
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
    }

    /// <summary>Resident memory, VmRSS, in bytes.</summary>
    public static long ResidentBytes(int id) => Status(id, "VmRSS:") * 1024;

    /// <summary>Resident memory in bytes after it has settled: the minimum over three seconds.</summary>
    public static async Task<long> SettledResidentBytesAsync(int id)
    {
        var least = long.MaxValue;
        using var tick = new PeriodicTimer(SettlingInterval);
        for (var sample = 0; sample < SettlingSamples; sample++)
        {
            await tick.WaitForNextTickAsync();
            least = Math.Min(least, ResidentBytes(id));
        }

        return least;
    }

    public static int Threads(int id) => (int)Status(id, "Threads:");

    /// <summary>Open descriptors, without those of assemblies (.dll), which are opened when their code is first needed.</summary>
    public static int OpenDescriptors(int id) =>
        Directory.EnumerateFileSystemEntries($"/proc/{id}/fd")
            .Count(entry => new FileInfo(entry).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal));

    private static long Status(int id, string field)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
}
