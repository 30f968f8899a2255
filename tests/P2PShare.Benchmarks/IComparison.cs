using P2PShare.Benchmarks.Measuring;
using P2PShare.Benchmarks.Running;

namespace P2PShare.Benchmarks;

/// <summary>One comparison: some work, the programs that do it, and what their figures are to be.</summary>
internal interface IComparison
{
    /// <summary>As it is called on the command line.</summary>
    string Name { get; }

    /// <param name="workspace">Where its files go.</param>
    /// <param name="rounds">How often each contestant does the work, after a warm-up.</param>
    Task<Result> RunAsync(Workspace workspace, int rounds);
}
