using System.Globalization;
using System.Net;
using System.Text.Json;
using Serilog.Events;

namespace P2PShare.Server.Output;

/// <summary>One JSON object a line, for programs.</summary>
/// <param name="time">The clock of the lines that are not events of the log.</param>
internal sealed class JsonFormat(TimeProvider time) : IConsoleFormat
{
    private DateTimeOffset Now => time.GetLocalNow();

    public IEnumerable<string> Listening(IPEndPoint end) => [Line(new ListeningLine(Now, ListeningAddresses.Of(end), end.Port))];

    public string Encrypting(string fingerprint, bool isRequired) => Line(new EncryptionLine(Now, fingerprint, isRequired));

    public string MetricsListening(IPEndPoint end) => Line(new MetricsLine(Now, end.ToString(), end.Port));

    public string Event(LogEvent logEvent) => Line(LineOf(logEvent));

    public string Dropped(int count) => Line(new DroppedLine(Now, count));

    public string? Failed(ServerFailure failure) => Line(new ErrorLine(Now, failure.Code, failure.Message));

    private static ServerLine LineOf(LogEvent logEvent)
    {
        var at = logEvent.Timestamp;
        return (logEvent.MessageTemplate.Text, SessionLabel.Of(logEvent)) switch
        {
            (ServerEvents.Registered, { } session) =>
                new RegisteredLine(at, session.Number, session.Address, logEvent.TextOf(ServerEvents.User) ?? ""),
            (ServerEvents.Left, { } session) => new LeftLine(
                at, session.Number, session.Address, logEvent.TextOf(ServerEvents.User) ?? "",
                logEvent.TextOf(ServerEvents.Reason) ?? "", logEvent.NumberOf(ServerEvents.Count)),
            (ServerEvents.Stopping, _) => new StoppingLine(at),
            (ServerEvents.Stopped, _) => new StoppedLine(at),
            (_, var session) => new NoticeLine(
                at, WordOf(logEvent.Level), logEvent.RenderMessage(CultureInfo.InvariantCulture), session?.Number, session?.Address),
        };
    }

    private static string WordOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "information",
        LogEventLevel.Warning => "warning",
        _ => "error",
    };

    private static string Line(ServerLine line) => JsonSerializer.Serialize(line, ServerLineContext.Default.ServerLine);
}
