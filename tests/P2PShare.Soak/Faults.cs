namespace P2PShare.Soak;

/// <summary>What no log and no screen may hold: an exception that nobody expected.</summary>
internal static class Faults
{
    private static readonly string[] Signs = ["fault of ours", "fault of its own", "Unhandled exception", "   at P2PShare.", "   at System."];

    public static IEnumerable<string> In(string text) =>
        text.Split('\n').Where(line => Signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)));

    /// <summary>In the logs under a folder; a program may still write them.</summary>
    public static IEnumerable<string> InLogsUnder(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.log*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            foreach (var line in In(file.ReadToEnd()))
                yield return $"{Path.GetFileName(path)}: {line}";
        }
    }
}
