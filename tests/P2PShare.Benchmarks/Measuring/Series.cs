using System.Globalization;

namespace P2PShare.Benchmarks.Measuring;

/// <summary>The figures of one metric of one contestant, round by round.</summary>
internal sealed record Series(string Contestant, Metric Metric, IReadOnlyList<double> Values)
{
    public double Median => MedianOf(Values);

    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median of the ratios of each round to the same round of another.</summary>
    public double RatioTo(Series other) => MedianOf(Values.Zip(other.Values, (own, others) => own / others));

    /// <summary>Median and spread.</summary>
    public override string ToString()
    {
        string Show(double value) => value.ToString(Metric.Format, CultureInfo.InvariantCulture);
        return $"{Show(Median)} ({Show(Values.Min())}..{Show(Values.Max())})";
    }
}
