using System.Globalization;
using System.Text;

namespace P2PShare.Benchmarks.Measuring;

/// <summary>The result of a comparison.</summary>
/// <param name="Name">The name of the comparison on the command line.</param>
/// <param name="Work">The measured work.</param>
/// <param name="Series">All figures.</param>
/// <param name="Goals">The goals for the figures.</param>
/// <param name="Notes">Notes for the reader.</param>
internal sealed record Result(
    string Name, string Work, IReadOnlyList<Series> Series, IReadOnlyList<Goal> Goals, IReadOnlyList<string> Notes)
{
    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"### {Name}: {Work}");
        if (Series.Count > 0)
            AppendFigures(text);
        foreach (var note in Notes)
            text.AppendLine().AppendLine(note);
        return text.ToString();
    }

    /// <summary>The result as an object for a JSON serializer.</summary>
    public object ToTree() => new
    {
        name = Name,
        work = Work,
        series = Series.Select(one => new
        {
            contestant = one.Contestant,
            metric = one.Metric.Name,
            unit = one.Metric.Unit,
            median = one.Median,
            values = one.Values,
        }),
        goals = Goals.Select(goal => new { goal = goal.Text, measured = FigureOf(goal), met = goal.IsMetBy(FigureOf(goal)) }),
        notes = Notes,
    };

    private void AppendFigures(StringBuilder text)
    {
        var metrics = Series.Select(one => one.Metric).Distinct().ToArray();
        text.AppendLine().AppendLine(
            CultureInfo.InvariantCulture, $"| | {string.Join(" | ", metrics.Select(metric => $"{metric.Name} [{metric.Unit}]"))} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(metrics.Select(_ => "---|"))}");
        foreach (var contestant in Series.GroupBy(one => one.Contestant))
            text.AppendLine(CultureInfo.InvariantCulture, $"| {contestant.Key} | {string.Join(" | ", contestant)} |");
        if (Goals.Count > 0)
            text.AppendLine().AppendLine("| goal | measured | |").AppendLine("|---|---|---|");
        foreach (var goal in Goals)
        {
            var verdict = goal.IsMetBy(FigureOf(goal)) ? "met" : "missed";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {goal.Text} | {FigureOf(goal):0.###} | {verdict} |");
        }
    }

    private double FigureOf(Goal goal)
    {
        var subject = Find(goal.Subject, goal.Metric);
        return goal.Rival is null ? subject.Median : subject.RatioTo(Find(goal.Rival, goal.Metric));
    }

    private Series Find(string contestant, string metric) =>
        Series.Single(one => one.Contestant == contestant && one.Metric.Name == metric);
}
