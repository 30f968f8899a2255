using System.Diagnostics;

namespace P2PShare.Fuzz;

/// <summary>Runs cases of all targets alternately, each target for the same time.</summary>
internal sealed class FuzzRun(IReadOnlyList<IFuzzTarget> targets, int seed)
{
    private static readonly TimeSpan CaseTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeSlice = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs cases for this time. False where a case failed; it is printed with the command that repeats it.</summary>
    public async Task<bool> RunForAsync(TimeSpan duration)
    {
        Console.WriteLine($"seed {seed}");
        var counts = new long[targets.Count];
        var (started, memory) = (Stopwatch.GetTimestamp(), 0L);
        for (var round = 0; Stopwatch.GetElapsedTime(started) < duration; round++)
        {
            for (var target = 0; target < targets.Count; target++)
            {
                var sliceStart = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(sliceStart) < TimeSlice)
                {
                    if (!await RunCaseAsync((int)(counts[target]++ * targets.Count) + target))
                        return false;
                }
            }

            memory = Math.Max(memory, GC.GetTotalMemory(forceFullCollection: false));
        }

        for (var target = 0; target < targets.Count; target++)
            Console.WriteLine(FormattableString.Invariant($"{targets[target].Name}: {counts[target]:N0} cases, none failed"));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            FormattableString.Invariant($"{counts.Sum():N0} cases in {seconds:F0} s; at most {memory / 1048576.0:F0} MiB on the heap"));
        return true;
    }

    /// <summary>Runs the case with this number.</summary>
    public async Task<bool> RunCaseAsync(int number)
    {
        var target = targets[number % targets.Count];
        try
        {
            await target.RunCaseAsync(new Mutator(new Random(unchecked((seed * 31) + number)))).WaitAsync(CaseTimeout);
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"{target.Name}: case {number} of seed {seed} failed: {e}");
            Console.WriteLine($"To repeat: dotnet run -c Release --project tests/P2PShare.Fuzz -- --seed {seed} --case {number}");
            return false;
        }
    }
}
