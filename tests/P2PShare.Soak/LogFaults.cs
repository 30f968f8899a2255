namespace P2PShare.Soak;

/// <summary>Finds unexpected exceptions in logs and screen output.</summary>
internal static class LogFaults
{
    private static readonly string[] Markers =
        ["internal error", "fault of its own", "Unhandled exception", "   at P2PShare.", "   at System."];

    public static IEnumerable<string> In(string text) =>
        text.Split('\n').Where(line => Markers.Any(marker => line.Contains(marker, StringComparison.Ordinal)));

    /// <summary>Searches the logs under a folder, which a running program may still write.</summary>
    public static IEnumerable<string> InLogsUnder(string folder)
    {
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var path in Directory.EnumerateFiles(folder, "*.log*", everywhere))
        {
            const FileShare WhileItIsWritten = FileShare.ReadWrite | FileShare.Delete;
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, WhileItIsWritten));
            foreach (var line in In(file.ReadToEnd()))
                yield return $"{Path.GetFileName(path)}: {line}";
        }
    }
}
