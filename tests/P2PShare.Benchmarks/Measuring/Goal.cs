using System.Globalization;

namespace P2PShare.Benchmarks.Measuring;

/// <summary>What a figure is to be, by itself or as a ratio to a rival's.</summary>
/// <param name="Metric">The name of the metric.</param>
/// <param name="Subject">The contestant whose figure it is.</param>
/// <param name="Rival">The contestant whose figure, of the same round, it is divided by; null where the figure stands alone.</param>
/// <param name="Bound">The goal.</param>
/// <param name="IsFloor">The figure must be at least that; else at most.</param>
internal sealed record Goal(string Metric, string Subject, string? Rival, double Bound, bool IsFloor = false)
{
    /// <summary>The goal as a sentence.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Metric}: {Subject}{(Rival is null ? "" : $" / {Rival}")} {(IsFloor ? ">=" : "<=")} {Bound:0.###}");

    public bool IsMetBy(double figure) => IsFloor ? figure >= Bound : figure <= Bound;
}
