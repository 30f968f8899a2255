using System.Diagnostics;

namespace P2PShare.Fuzz;

/// <summary>Plays case after case, of each target in turn, each with as much time as the others.</summary>
internal sealed class FuzzRun(IReadOnlyList<IFuzzTarget> targets, int seed)
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.5);

    /// <summary>False where a case failed; it is printed, with the way to play it again.</summary>
    public async Task<bool> PlayForAsync(TimeSpan duration)
    {
        Console.WriteLine($"seed {seed}");
        var counts = new long[targets.Count];
        var (started, memory) = (Stopwatch.GetTimestamp(), 0L);
        for (var round = 0; Stopwatch.GetElapsedTime(started) < duration; round++)
        {
            for (var target = 0; target < targets.Count; target++)
            {
                var turn = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(turn) < Turn)
                {
                    if (!await PlayAsync((int)(counts[target]++ * targets.Count) + target))
                        return false;
                }
            }

            memory = Math.Max(memory, GC.GetTotalMemory(forceFullCollection: false));
        }

        for (var target = 0; target < targets.Count; target++)
            Console.WriteLine(FormattableString.Invariant($"{targets[target].Name}: {counts[target]:N0} cases, none failed"));
        Console.WriteLine(FormattableString.Invariant($"{counts.Sum():N0} cases in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s; {memory / 1048576.0:F0} MiB on the heap at most"));
        return true;
    }

    /// <summary>Plays one case.</summary>
    public async Task<bool> PlayAsync(int number)
    {
        var target = targets[number % targets.Count];
        try
        {
            await target.PlayAsync(new Mutator(new Random(unchecked((seed * 31) + number)))).WaitAsync(Hang);
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"{target.Name}: case {number} of seed {seed} failed: {e}");
            Console.WriteLine($"Again: dotnet run -c Release --project tests/P2PShare.Fuzz -- --seed {seed} --case {number}");
            return false;
        }
    }
}
