using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks;

/// <summary>One comparison: some work, the programs that do it, and the goals for their figures.</summary>
internal interface IComparison
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <param name="workspace">The folder for its files.</param>
    /// <param name="rounds">The number of measured runs of each contestant, after a warm-up.</param>
    Task<Result> RunAsync(Workspace workspace, int rounds);
}
