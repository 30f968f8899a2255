using System.Text.Json.Serialization;

namespace P2PShare.Server.Output;

/// <summary>Serializes a <see cref="ServerLine"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerLine))]
internal sealed partial class ServerLineContext : JsonSerializerContext;
