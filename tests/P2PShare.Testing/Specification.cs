using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace P2PShare.Testing;

/// <summary>Reads PROTOCOL.md and the bounds in its tables.</summary>
public static partial class Specification
{
    /// <summary>The repository's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The text of the document.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Root, "src", "P2PShare.Protocol", "PROTOCOL.md"));

    /// <summary>The bounds in the table of one section, such as <c>7.1</c>, by name; times in seconds.</summary>
    public static IReadOnlyDictionary<string, double> BoundsIn(string section)
    {
        var start = Text.IndexOf($"### {section}. ", StringComparison.Ordinal);
        var end = Text.IndexOf("\n##", start + 1, StringComparison.Ordinal);
        return BoundRow().Matches(Text[start..end]).ToDictionary(row => row.Groups[1].Value, row => ValueIn(row.Groups[2].Value));
    }

    /// <summary>The constants of a class, by name; times in seconds.</summary>
    public static IReadOnlyDictionary<string, double> ConstantsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(field => field.Name, field => ValueOf(field.GetValue(null)!));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    private static double ValueOf(object value) =>
        value is TimeSpan time ? time.TotalSeconds : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    // "4,096 bytes", "10 s", "200 ms", "2 min"
    private static double ValueIn(string text)
    {
        var words = text.Split(' ');
        var number = double.Parse(words[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return words[1] switch
        {
            "ms" => number / 1000,
            "min" => number * 60,
            _ => number,
        };
    }

    [GeneratedRegex(@"^\| `(\w+)`[^|]*\| ([\d,]+ \w+)", RegexOptions.Multiline)]
    private static partial Regex BoundRow();
}
