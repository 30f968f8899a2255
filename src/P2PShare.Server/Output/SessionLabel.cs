using System.Globalization;
using System.Net;
using Serilog.Events;

namespace P2PShare.Server.Output;

/// <summary>Which session an event belongs to: in the log <c>#12 192.0.2.7:50123 </c>, before the message.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Address">Of the client.</param>
internal sealed record SessionLabel(long Number, string Address)
{
    public static string Format(long number, IPEndPoint remote) =>
        string.Create(CultureInfo.InvariantCulture, $"#{number} {remote} ");

    /// <summary>The text of an event's label; empty where it belongs to no session.</summary>
    public static string TextOf(LogEvent logEvent) => logEvent.TextOf(ServerEvents.Session) ?? "";

    /// <summary>Null where the event belongs to no session.</summary>
    public static SessionLabel? Of(LogEvent logEvent) =>
        TextOf(logEvent).TrimEnd().Split(' ') is [['#', .. var number], var address]
            ? new SessionLabel(long.Parse(number, CultureInfo.InvariantCulture), address)
            : null;
}
