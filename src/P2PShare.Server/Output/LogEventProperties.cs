using Serilog.Events;

namespace P2PShare.Server.Output;

/// <summary>Reads the properties of an event.</summary>
internal static class LogEventProperties
{
    /// <summary>Null where the event has no such text.</summary>
    public static string? TextOf(this LogEvent logEvent, string property) =>
        logEvent.Properties.TryGetValue(property, out var value) && value is ScalarValue { Value: string text } ? text : null;

    /// <summary>0 where the event has no such number.</summary>
    public static int NumberOf(this LogEvent logEvent, string property) =>
        logEvent.Properties.TryGetValue(property, out var value) && value is ScalarValue { Value: int number } ? number : 0;
}
