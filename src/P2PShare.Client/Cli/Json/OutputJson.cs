using System.Text.Json;
using System.Text.Json.Serialization;

namespace P2PShare.Client.Cli.Json;

/// <summary>
/// Writes records as JSON of one line, in ASCII: what is not ASCII is escaped, so that no terminal and no locale matters.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutputRecord))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    public static string LineOf(OutputRecord record) => JsonSerializer.Serialize(record, Default.OutputRecord);
}
