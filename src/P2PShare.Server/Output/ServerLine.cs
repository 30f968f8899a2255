using System.Text.Json.Serialization;

namespace P2PShare.Server.Output;

/// <summary>A line of standard output with <c>--json</c>. JSON.md describes each; what it promises never changes.</summary>
/// <param name="Time">When it happened.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ListeningLine), "listening")]
[JsonDerivedType(typeof(EncryptionLine), "encryption")]
[JsonDerivedType(typeof(MetricsLine), "metrics")]
[JsonDerivedType(typeof(RegisteredLine), "registered")]
[JsonDerivedType(typeof(LeftLine), "left")]
[JsonDerivedType(typeof(NoticeLine), "notice")]
[JsonDerivedType(typeof(DroppedLine), "dropped")]
[JsonDerivedType(typeof(StoppingLine), "stopping")]
[JsonDerivedType(typeof(StoppedLine), "stopped")]
[JsonDerivedType(typeof(ErrorLine), "error")]
internal abstract record ServerLine([property: JsonPropertyOrder(-1)] DateTimeOffset Time);

/// <summary>The server listens for clients.</summary>
internal sealed record ListeningLine(DateTimeOffset Time, string[] Addresses, int Port) : ServerLine(Time);

/// <summary>Clients may encrypt, or must.</summary>
internal sealed record EncryptionLine(DateTimeOffset Time, string Fingerprint, bool Required) : ServerLine(Time);

/// <summary>The metrics can be read.</summary>
internal sealed record MetricsLine(DateTimeOffset Time, string Address, int Port) : ServerLine(Time);

/// <summary>A client gave its name.</summary>
internal sealed record RegisteredLine(DateTimeOffset Time, long Session, string Address, string User) : ServerLine(Time);

/// <summary>A client that had given its name is gone.</summary>
internal sealed record LeftLine(DateTimeOffset Time, long Session, string Address, string User, string Reason, int Files)
    : ServerLine(Time);

/// <summary>Anything else that the console shows.</summary>
internal sealed record NoticeLine(DateTimeOffset Time, string Level, string Text, long? Session, string? Address) : ServerLine(Time);

/// <summary>Lines were lost, because nobody read the output.</summary>
internal sealed record DroppedLine(DateTimeOffset Time, int Count) : ServerLine(Time);

/// <summary>The server was asked to stop.</summary>
internal sealed record StoppingLine(DateTimeOffset Time) : ServerLine(Time);

/// <summary>The server has stopped.</summary>
internal sealed record StoppedLine(DateTimeOffset Time) : ServerLine(Time);

/// <summary>Why the program ends.</summary>
internal sealed record ErrorLine(DateTimeOffset Time, string Code, string Text) : ServerLine(Time);
