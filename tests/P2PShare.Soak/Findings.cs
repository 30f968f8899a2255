using System.Collections.Concurrent;

namespace P2PShare.Soak;

/// <summary>Collects failed checks and counts events, from many threads.</summary>
internal sealed class Findings(TextWriter output)
{
    private const int MaxPrinted = 50;

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int _failures;

    public int Failures => _failures;

    public void Count(string what, long more = 1) => _counts.AddOrUpdate(what, more, (_, before) => before + more);

    /// <summary>Counts and prints a failure. The run continues, because the next finding may explain this one.</summary>
    public void Report(string what)
    {
        if (Interlocked.Increment(ref _failures) <= MaxPrinted)
            output.WriteLine($"FAILED: {what}");
    }

    public void Require(bool holds, string what)
    {
        output.WriteLine($"{(holds ? "ok" : "NOT OK")}: {what}");
        if (!holds)
            Interlocked.Increment(ref _failures);
    }

    public string CountsAsText() =>
        string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value:N0} {count.Key}"));
}
