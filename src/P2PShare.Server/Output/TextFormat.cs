using System.Globalization;
using System.Net;
using Serilog.Events;

namespace P2PShare.Server.Output;

/// <summary>Lines for people.</summary>
internal sealed class TextFormat : IConsoleFormat
{
    public IEnumerable<string> Listening(IPEndPoint end)
    {
        var isAny = end.Address.Equals(IPAddress.IPv6Any) || end.Address.Equals(IPAddress.Any);
        var host = isAny ? "127.0.0.1" : end.Address.ToString();
        var note = isAny ? " (from other machines: this one's address)" : "";
        return
        [
            $"Listening on {string.Join(" and ", ListeningAddresses.Of(end))}",
            $"Connect with: client <username> {host} {end.Port} <my_peer_port>{note}",
            "Ctrl+C stops the server.",
        ];
    }

    public string Encrypting(string fingerprint, bool isRequired) =>
        $"This server's key: {fingerprint}{(isRequired ? "; only encrypted connections are served" : "")}";

    public string MetricsListening(IPEndPoint end) => $"Metrics: http://{end}/metrics and /healthz";

    public string Event(LogEvent logEvent)
    {
        var time = logEvent.Timestamp.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{time} {SessionLabel.TextOf(logEvent)}{logEvent.RenderMessage(CultureInfo.InvariantCulture)}";
    }

    public string Dropped(int count) => $"({count} lines are only in the log)";

    public string? Failed(ServerFailure failure) => null;
}
