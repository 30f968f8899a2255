namespace P2PShare.Benchmarks.Measuring;

/// <summary>One figure of a run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Format">How it is printed, as a .NET format string.</param>
internal sealed record Metric(string Name, string Unit, string Format = "0.00");
