namespace P2PShare.Benchmarks.Measuring;

/// <summary>
/// Measures contestants that do the same work alternately, A B A B, so that other load on the machine affects all of them alike.
/// </summary>
internal sealed class Contest(string name, string work, params Metric[] metrics)
{
    private readonly List<Contestant> _contestants = [];
    private readonly List<Goal> _goals = [];
    private readonly List<string> _notes = [];

    public void Add(string contestant, Func<Task<double[]>> runAsync) => _contestants.Add(new Contestant(contestant, runAsync));

    public void Add(Goal goal) => _goals.Add(goal);

    /// <summary>Adds a note for the reader of the table.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Runs every contestant once to warm up, then all of them in each round. A goal whose rival is missing is left out.</summary>
    /// <param name="rounds">The number of measured rounds.</param>
    /// <param name="warmsUp">False for work that takes minutes and whose figures a warm-up does not change.</param>
    public async Task<Result> RunAsync(int rounds, bool warmsUp = true)
    {
        var figures = _contestants.Select(_ => new List<double[]>()).ToArray();
        for (var round = warmsUp ? -1 : 0; round < rounds; round++)
        {
            for (var index = 0; index < _contestants.Count; index++)
            {
                Show($"{name}: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}, {_contestants[index].Name}");
                var run = await _contestants[index].RunAsync();
                if (round >= 0)
                    figures[index].Add(run);
            }
        }

        Show("");
        var series = _contestants.SelectMany((contestant, index) =>
            metrics.Select((metric, column) => new Series(contestant.Name, metric, [.. figures[index].Select(run => run[column])])));
        var goals = _goals.Where(goal => goal.Rival is null || _contestants.Any(contestant => contestant.Name == goal.Rival));
        return new Result(name, work, [.. series], [.. goals], _notes);
    }

    private static void Show(string progress)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write($"\r{progress,-100}\r");
    }
}
