namespace P2PShare.Soak;

/// <summary>The figures of one program over the run.</summary>
/// <param name="name">What to call it.</param>
/// <param name="id">Its process id.</param>
internal sealed class Samples(string name, int id)
{
    private const double MiB = 1024 * 1024;

    // What a collector that is in no hurry may keep more of, later in a run than sooner.
    private const double MostGrowth = 1.2;
    private const double SparedBytes = 24 * MiB;

    private readonly List<Figures> _taken = [];

    public void Take() => _taken.Add(Figures.Of(id));

    /// <summary>Prints a line for each eighth of the run, and holds its last quarter to its second one.</summary>
    public void Report(Findings findings, TextWriter output)
    {
        output.WriteLine($"{name}: medians of each eighth of the run");
        var size = Math.Max(1, _taken.Count / 8);
        foreach (var part in _taken.Chunk(size).Where(part => part.Length == size))
            output.WriteLine($"  {Median(part, one => one.ResidentBytes) / MiB,7:F1} MiB resident, {Median(part, one => one.Descriptors),6:F0} descriptors, {Median(part, one => one.Threads),4:F0} threads");
        var (second, last) = (Quarter(1), Quarter(3));
        findings.Require(
            last <= Math.Max(second * MostGrowth, second + SparedBytes),
            $"the working set of {name} is flat: {second / MiB:F1} MiB in the second quarter, {last / MiB:F1} MiB in the last");
    }

    private double Quarter(int number) =>
        Median([.. _taken.Skip(_taken.Count * number / 4).Take(Math.Max(1, _taken.Count / 4))], one => one.ResidentBytes);

    private static double Median(IReadOnlyList<Figures> of, Func<Figures, double> figure) => of.Select(figure).Order().ElementAt(of.Count / 2);
}
