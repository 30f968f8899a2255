using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Protocol.Tests;

/// <summary>PROTOCOL.md and the code say the same.</summary>
public sealed partial class SpecificationTests
{
    // How the client behaves, and not what the two sides can expect of each other.
    private static readonly string[] NotOnTheWire = [nameof(Limits.ServerSilence), nameof(Limits.MaxListedRows), nameof(Limits.MaxKeptListBytes)];

    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "src", "P2PShare.Protocol", "PROTOCOL.md"));

    [Fact]
    public void Each_bound_of_the_table_is_the_constant_of_that_name_and_each_constant_stands_there()
    {
        var inText = Bound().Matches(Text).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value.Trim());
        var inCode = typeof(Limits).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => !NotOnTheWire.Contains(field.Name)).ToList();

        inText.Keys.Should().BeEquivalentTo(inCode.Select(field => field.Name));
        foreach (var field in inCode)
            ValueIn(inText[field.Name]).Should().Be(ValueOf(field.GetValue(null)!), "of {0}", field.Name);
    }

    [Fact]
    public void Every_verb_and_every_feature_stands_in_the_grammar()
    {
        var words = AbnfWord().Matches(Text).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var verb in Enum.GetValues<Verb>().Where(verb => verb is not (Verb.Unknown or Verb.ProtoVersion)))
            words.Should().Contain(Encoding.ASCII.GetString(Verbs.WordOf(verb)));
        words.Should().Contain(["PROTO_VERSION 1.0", "VERSION_OK", "VERSION_FAIL", "FOUND", "NOT_FOUND", "LIST_END", "LOCATE_END", "LIST_SHARES_END", "SEARCH_END", "ERROR", "PONG", "BUSY", "DATA", "NOT_SHARED", "CHANGED"]);
        foreach (var feature in Enum.GetValues<Features>().Where(feature => feature != Features.None))
            Text.Should().Contain(feature.ToString().ToUpperInvariant());
    }

    [Fact]
    public void Every_command_of_the_recorded_conversations_is_one_or_is_answered_with_ERROR()
    {
        var lines = Text.Split('\n');
        var commands = 0;
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (!lines[i].StartsWith("C: ", StringComparison.Ordinal))
                continue;
            commands++;
            var isKnown = Verbs.Split(Encoding.UTF8.GetBytes(lines[i][3..]), out _) != Verb.Unknown;
            isKnown.Should().Be(!lines[i + 1].StartsWith("S: ERROR unknown", StringComparison.Ordinal), lines[i]);
        }

        commands.Should().BeGreaterThan(20);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    private static double ValueOf(object value) => value is TimeSpan time ? time.TotalSeconds : Convert.ToDouble(value, CultureInfo.InvariantCulture);

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
    private static partial Regex Bound();

    [GeneratedRegex("%s\"([^\"]+)\"")]
    private static partial Regex AbnfWord();
}
