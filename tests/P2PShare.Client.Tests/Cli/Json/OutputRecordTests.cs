using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using P2PShare.Client.Cli.Json;
using P2PShare.Testing;

namespace P2PShare.Client.Tests.Cli.Json;

public sealed class OutputRecordTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Specification.Root, "src/P2PShare.Client/JSON.md"));

    private static readonly JsonDerivedTypeAttribute[] Types = [.. typeof(OutputRecord).GetCustomAttributes<JsonDerivedTypeAttribute>()];

    [Fact]
    public void Every_type_and_property_is_documented_and_no_other()
    {
        var documented = RowsOf(Document).Select(row => row.Split('|')).Where(cells => cells.Length == 5)
            .ToDictionary(cells => CodesIn(cells[1]).Single(), cells => cells[3]);

        documented.Keys.Should().BeEquivalentTo(Types
            .Select(type => (string)type.TypeDiscriminator!)
            .Except(["notice", "error"]));
        foreach (var type in Types.Where(type => documented.ContainsKey((string)type.TypeDiscriminator!)))
            CodesIn(documented[(string)type.TypeDiscriminator!]).Should().Contain(PropertiesOf(type.DerivedType));
        documented.Values.SelectMany(CodesIn).Except(["up", "down"])
            .Should().BeSubsetOf(Types.SelectMany(type => PropertiesOf(type.DerivedType)));
    }

    [Theory]
    [InlineData(typeof(NoticeCodes), "## Notices", "## Errors")]
    [InlineData(typeof(ErrorCodes), "## Errors", null)]
    public void Every_code_is_documented_and_no_other(Type codes, string heading, string? next)
    {
        var end = next is null ? Document.Length : Document.IndexOf(next, StringComparison.Ordinal);
        var section = Document[Document.IndexOf(heading, StringComparison.Ordinal)..end];

        var documented = RowsOf(section).Select(row => CodesIn(row).First());

        documented.Should().BeEquivalentTo(codes.GetFields().Select(field => (string)field.GetRawConstantValue()!));
    }

    [Fact]
    public void Record_is_one_line_of_ASCII_that_holds_the_name_as_it_is()
    {
        var name = "yaz \u202e\u001b[2J\n\"ğ\".txt";

        var line = OutputJson.LineOf(new OutputRecord.Withdrawn(name, IsUnlisted: true) { Job = 3 });

        line.Should().MatchRegex("^[ -~]+$");
        using var parsed = JsonDocument.Parse(line);
        parsed.RootElement.GetProperty("type").GetString().Should().Be("withdrawn");
        parsed.RootElement.GetProperty("name").GetString().Should().Be(name);
        parsed.RootElement.GetProperty("job").GetInt32().Should().Be(3);
    }

    [Fact]
    public void Unknown_properties_are_left_out() =>
        OutputJson.LineOf(new OutputRecord.ListedFile("a", null, null, "10.0.0.1:1", null, 1))
            .Should().Be("""{"type":"file","name":"a","owner":"10.0.0.1:1","owners":1}""");

    private static IEnumerable<string> PropertiesOf(Type type) => type.GetProperties()
        .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
        .Except(["job", "equalityContract"]);

    private static IEnumerable<string> RowsOf(string text) =>
        text.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

    private static IEnumerable<string> CodesIn(string text) => text.Split('`').Where((_, index) => index % 2 == 1);
}
