namespace P2PShare.Benchmarks.Measuring;

/// <summary>One figure of a run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Format">The .NET format string for printing.</param>
internal sealed record Metric(string Name, string Unit, string Format = "0.00");
