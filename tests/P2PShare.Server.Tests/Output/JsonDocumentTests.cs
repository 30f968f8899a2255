using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using P2PShare.Server.Output;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Output;

/// <summary>JSON.md names every type, property and code, and no other.</summary>
public sealed partial class JsonDocumentTests
{
    private static readonly string Text =
        File.ReadAllText(Path.Combine(Specification.Root, "src", "P2PShare.Server", "JSON.md")).ReplaceLineEndings("\n");

    private static readonly IEnumerable<JsonDerivedTypeAttribute> Types =
        typeof(ServerLine).GetCustomAttributes<JsonDerivedTypeAttribute>();

    [Fact]
    public void Every_type_is_described_with_its_properties_and_what_they_are()
    {
        var described = TypeSection().Matches(Text).ToDictionary(
            section => section.Groups[1].Value,
            section => PropertyRow().Matches(section.Groups[2].Value).Select(row => $"{row.Groups[1].Value}: {row.Groups[2].Value}"));

        described.Should().BeEquivalentTo(Types.ToDictionary(
            type => (string)type.TypeDiscriminator!, type => PropertiesOf(type.DerivedType)));
    }

    [Fact]
    public void Every_line_of_the_family_has_its_type() =>
        typeof(ServerLine).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ServerLine)))
            .Should().BeEquivalentTo(Types.Select(type => type.DerivedType));

    [Fact]
    public void Every_code_of_a_failure_is_described()
    {
        var codes = Text[Text.IndexOf("## Codes", StringComparison.Ordinal)..];

        CodeRow().Matches(codes).Select(row => row.Groups[1].Value).Should().BeEquivalentTo(
            typeof(FailureCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!));
    }

    private static IEnumerable<string> PropertiesOf(Type type) =>
        ServerLineContext.Default.GetTypeInfo(type)!.Properties.Where(property => property.Name != "type")
            .Select(property => $"{property.Name}: {WordOf(property.PropertyType)}");

    private static string WordOf(Type type) =>
        type == typeof(string) || type == typeof(DateTimeOffset) ? "string"
        : type == typeof(string[]) ? "array of strings"
        : type == typeof(bool) ? "boolean"
        : "number";

    [GeneratedRegex(@"^### `(\w+)`\n(.*?)(?=^##)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TypeSection();

    [GeneratedRegex(@"^\| `(\w+)` \| ([\w ]+?) \|", RegexOptions.Multiline)]
    private static partial Regex PropertyRow();

    [GeneratedRegex(@"^\| `([\w-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();
}
