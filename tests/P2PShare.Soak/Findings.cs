using System.Collections.Concurrent;

namespace P2PShare.Soak;

/// <summary>What did not hold, from many threads; and how often what happened.</summary>
internal sealed class Findings(TextWriter output)
{
    private const int MostPrinted = 50;

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int _broken;

    public int Broken => _broken;

    public void Count(string what, long more = 1) => _counts.AddOrUpdate(what, more, (_, before) => before + more);

    /// <summary>Prints it at once; the run goes on, because the next finding may explain this one.</summary>
    public void Break(string what)
    {
        if (Interlocked.Increment(ref _broken) <= MostPrinted)
            output.WriteLine($"BROKEN: {what}");
    }

    public void Require(bool holds, string what)
    {
        output.WriteLine($"{(holds ? "ok" : "NOT OK")}: {what}");
        if (!holds)
            Interlocked.Increment(ref _broken);
    }

    public string CountsAsText() => string.Join(", ", _counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Value:N0} {one.Key}"));
}
