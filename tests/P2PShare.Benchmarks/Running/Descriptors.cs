using System.Diagnostics;
using System.Globalization;

namespace P2PShare.Benchmarks.Running;

/// <summary>How many files and connections a process may have open: 200,000 where the machine lets it raise the limit, else the limit.</summary>
internal static class Descriptors
{
    private const string Most = "200000";

    /// <summary>What stands before a command so that it may have as many.</summary>
    public static string[] Prefix { get; } =
        ["/bin/bash", "-c", $"ulimit -n {Most} 2>/dev/null || ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""];

    /// <summary>How many this process may have; .NET has raised the soft limit to the hard one when it started.</summary>
    public static int Limit =>
        int.Parse(File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture);

    /// <summary>Raises it for this process, as far as it may.</summary>
    public static void Raise()
    {
        var start = new ProcessStartInfo("prlimit", [$"--nofile={Most}:{Most}", "--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        tool.WaitForExit();
    }
}
