using System.Diagnostics;
using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>An installed program of a rival.</summary>
internal static class Tool
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin"];

    /// <summary>A command prefix that keeps a program on the first core (util-linux).</summary>
    public static IReadOnlyList<string> OneCorePrefix { get; } = ["taskset", "-c", "0"];

    /// <summary>Its path, or null where it is not installed.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program and returns the time from its start to its exit, in seconds.</summary>
    /// <exception cref="InvalidOperationException">Its exit code was not 0.</exception>
    public static async Task<double> TimeAsync(string name, params string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        await using var process = ProgramProcess.Start(Find(name)!, arguments);
        var exitCode = await process.WaitForExitAsync(TimeSpan.FromMinutes(30));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return exitCode == 0
            ? elapsed
            : throw new InvalidOperationException($"{name} ended with {exitCode}: {process.Errors.Text}{process.Output.Text}");
    }
}
