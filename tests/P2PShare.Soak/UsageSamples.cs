namespace P2PShare.Soak;

/// <summary>The resource usage of one program over a run.</summary>
/// <param name="name">Its name in the output.</param>
/// <param name="id">Its process id.</param>
internal sealed class UsageSamples(string name, int id)
{
    private const double MiB = 1024 * 1024;

    // The garbage collector may keep more memory later in a run.
    private const double MaxGrowth = 1.2;
    private const double ToleratedBytes = 24 * MiB;

    private readonly List<ResourceUsage> _taken = [];

    public void Take() => _taken.Add(ResourceUsage.Of(id));

    /// <summary>
    /// Prints a line for each eighth of the run, and requires that the last quarter uses no more memory than the second usage.
    /// </summary>
    public void Report(Findings findings, TextWriter output)
    {
        output.WriteLine($"{name}: medians of each eighth of the run");
        var size = Math.Max(1, _taken.Count / 8);
        foreach (var part in _taken.Chunk(size).Where(part => part.Length == size))
        {
            var (bytes, descriptors) = (Median(part, usage => usage.ResidentBytes), Median(part, usage => usage.Descriptors));
            var threads = Median(part, usage => usage.Threads);
            output.WriteLine($"  {bytes / MiB,7:F1} MiB resident, {descriptors,6:F0} descriptors, {threads,4:F0} threads");
        }

        var (second, last) = (Quarter(1), Quarter(3));
        findings.Require(
            last <= Math.Max(second * MaxGrowth, second + ToleratedBytes),
            $"the resident memory of {name} does not grow: {second / MiB:F1} MiB in the second quarter, {last / MiB:F1} MiB in the last");
    }

    private double Quarter(int number) =>
        Median([.. _taken.Skip(_taken.Count * number / 4).Take(Math.Max(1, _taken.Count / 4))], usage => usage.ResidentBytes);

    private static double Median(IReadOnlyList<ResourceUsage> samples, Func<ResourceUsage, double> value) =>
        samples.Select(value).Order().ElementAt(samples.Count / 2);
}
