namespace P2PShare.Benchmarks.Measuring;

/// <summary>A program under measurement: one of ours, or a rival.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="RunAsync">Does the work once and returns a figure for each metric of the contest, in their order.</param>
internal sealed record Contestant(string Name, Func<Task<double[]>> RunAsync);
