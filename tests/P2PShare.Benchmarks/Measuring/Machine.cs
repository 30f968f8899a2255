using System.Runtime.InteropServices;

namespace P2PShare.Benchmarks.Measuring;

/// <summary>Describes the machine on which the figures were measured.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal")?.Split(' ')[0] is { } kibibytes && long.TryParse(kibibytes, out var total)
            ? $"{total / 1024 / 1024 + 1} GiB"
            : "memory unknown";
        var system = $"Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}";
        return $"{Environment.ProcessorCount} x {model}, {memory}, {system}";
    }

    private static string? Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
