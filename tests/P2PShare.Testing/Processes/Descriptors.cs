using System.Diagnostics;
using System.Globalization;

namespace P2PShare.Testing.Processes;

/// <summary>How many files and connections a process may have open.</summary>
public static class Descriptors
{
    private const string Wanted = "200000";

    /// <summary>What stands before a command so that it may have 200,000, or as many as the machine allows.</summary>
    public static IReadOnlyList<string> Most { get; } =
        ["/bin/bash", "-c", $"ulimit -n {Wanted} 2>/dev/null || ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""];

    /// <summary>How many this process may have; .NET has raised the soft limit to the hard one when it started.</summary>
    public static int Limit =>
        int.Parse(File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture);

    /// <summary>What stands before a command so that it may have no more than so many.</summary>
    public static IReadOnlyList<string> AtMost(int count) =>
        ["/bin/bash", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {count}; exec \"$0\" \"$@\"")];

    /// <summary>Raises it for this process, as far as it may.</summary>
    public static void Raise()
    {
        var start = new ProcessStartInfo("prlimit", [$"--nofile={Wanted}:{Wanted}", "--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        tool.WaitForExit();
    }
}
