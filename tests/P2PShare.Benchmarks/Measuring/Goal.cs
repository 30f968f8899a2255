using System.Globalization;

namespace P2PShare.Benchmarks.Measuring;

/// <summary>A bound for a figure, or for its ratio to the figure of a rival.</summary>
/// <param name="Metric">The name of the metric.</param>
/// <param name="Subject">The contestant whose figure it is.</param>
/// <param name="Rival">The contestant by whose figure, of the same round, it is divided; null for the figure itself.</param>
/// <param name="Bound">The bound.</param>
/// <param name="IsFloor">Whether the bound is a minimum; otherwise it is a maximum.</param>
internal sealed record Goal(string Metric, string Subject, string? Rival, double Bound, bool IsFloor = false)
{
    /// <summary>The goal as a sentence.</summary>
    public string Text => string.Create(
        CultureInfo.InvariantCulture, $"{Metric}: {Subject}{(Rival is null ? "" : $" / {Rival}")} {(IsFloor ? ">=" : "<=")} {Bound:0.###}");

    public bool IsMetBy(double figure) => IsFloor ? figure >= Bound : figure <= Bound;
}
