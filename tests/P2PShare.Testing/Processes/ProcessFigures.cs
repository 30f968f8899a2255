using System.Globalization;

namespace P2PShare.Testing.Processes;

/// <summary>What the kernel counts of a process (proc(5)).</summary>
public static class ProcessFigures
{
    private const double TicksPerSecond = 100;
    private const int SettlingSamples = 12;

    private static readonly TimeSpan SettlingInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Processor time so far, its own and the kernel's for it, in seconds; to 10 ms.</summary>
    public static double CpuSeconds(int id)
    {
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
    }

    /// <summary>Resident memory, VmRSS, in bytes.</summary>
    public static long ResidentBytes(int id) => Status(id, "VmRSS:") * 1024;

    /// <summary>Its resident memory once it has come to rest: the least of three seconds.</summary>
    public static async Task<long> SettledBytesAsync(int id)
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

    /// <summary>Files and connections that it has open; without its own code, of which more is loaded whenever it is first needed.</summary>
    public static int OpenDescriptors(int id) =>
        Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count(one => new FileInfo(one).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal));

    private static long Status(int id, string field) =>
        Parse(File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]);

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
}
