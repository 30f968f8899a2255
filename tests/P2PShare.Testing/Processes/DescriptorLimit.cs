using System.Diagnostics;
using System.Globalization;

namespace P2PShare.Testing.Processes;

/// <summary>The number of file descriptors that a process may have open (RLIMIT_NOFILE).</summary>
public static class DescriptorLimit
{
    private const string Wanted = "200000";

    /// <summary>A command prefix that starts a program with a limit of 200,000, or with the hard limit where that is lower.</summary>
    public static IReadOnlyList<string> MaximumPrefix { get; } =
        ["/bin/bash", "-c", $"ulimit -n {Wanted} 2>/dev/null || ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""];

    /// <summary>The limit of this process. At its start, .NET raised the soft limit to the hard limit, which is read here.</summary>
    public static int Current
    {
        get
        {
            var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A command prefix that starts a program with this limit.</summary>
    public static IReadOnlyList<string> PrefixFor(int count) =>
        ["/bin/bash", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {count}; exec \"$0\" \"$@\"")];

    /// <summary>Raises the limit of this process to 200,000, where that is permitted.</summary>
    public static void Raise()
    {
        var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("prlimit", [$"--nofile={Wanted}:{Wanted}", "--pid", id])
        {
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        tool.WaitForExit();
    }
}
