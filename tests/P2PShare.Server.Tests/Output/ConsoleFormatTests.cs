using System.Net;
using System.Text.RegularExpressions;
using P2PShare.Server.Configuration;
using P2PShare.Server.Logging;
using P2PShare.Server.Output;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PShare.Server.Tests.Output;

public sealed class ConsoleFormatTests
{
    private const string Now = "\"time\":\"2026-01-01T00:00:00+00:00\"";

    private readonly JsonFormat _json = new(new ManualTimeProvider());

    [Fact]
    public void Listening_on_every_address_is_said_to_people_and_to_programs()
    {
        var end = new IPEndPoint(IPAddress.IPv6Any, 8080);

        new TextFormat().Listening(end).Should().Equal(
            "Listening on 0.0.0.0:8080 and [::]:8080",
            "Connect with: client <username> 127.0.0.1 8080 <my_peer_port> (from other machines: this one's address)",
            "Ctrl+C stops the server.");
        _json.Listening(end).Should().Equal(
            $$"""{"type":"listening",{{Now}},"addresses":["0.0.0.0:8080","[::]:8080"],"port":8080}""");
        _json.MetricsListening(new IPEndPoint(IPAddress.Loopback, 9100)).Should().Be(
            $$"""{"type":"metrics",{{Now}},"address":"127.0.0.1:9100","port":9100}""");
    }

    [Fact]
    public void A_failure_is_one_object_with_a_code() =>
        _json.Failed(new ServerFailure(ExitCodes.CannotListen, FailureCodes.PortTaken, "port 1 is taken")).Should().Be(
            $$"""{"type":"error",{{Now}},"code":"port-taken","text":"port 1 is taken"}""");

    [Fact]
    public void Each_event_of_a_session_is_an_object_of_its_type()
    {
        var lines = new FormattedLines(_json);
        using var log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(lines).CreateLogger();
        var session = log.ForSession(7, new IPEndPoint(IPAddress.IPv6Loopback, 5));

        session.Information(ServerEvents.Registered, "yi\"ğ");
        session.Information(ServerEvents.Left, "yi\"ğ", "closed by the client", 3);
        session.Debug("announced {Name:l} on port {Port}", "a", 1);
        log.Warning("some connections did not close in time");
        log.Information(ServerEvents.Stopping);
        log.Information(ServerEvents.Stopped);

        const string Who = "\"session\":7,\"address\":\"[::1]:5\"";
        const string User = "\"user\":\"yi\\u0022\\u011F\"";
        lines.WithoutTimes.Should().Equal(
            $$"""{"type":"registered",{{Who}},{{User}}}""",
            $$"""{"type":"left",{{Who}},{{User}},"reason":"closed by the client","files":3}""",
            $$"""{"type":"notice","level":"debug","text":"announced a on port 1",{{Who}}}""",
            """{"type":"notice","level":"warning","text":"some connections did not close in time"}""",
            """{"type":"stopping"}""",
            """{"type":"stopped"}""");
    }

    private sealed class FormattedLines(IConsoleFormat format) : ILogEventSink
    {
        private readonly List<string> _lines = [];

        public IEnumerable<string> WithoutTimes => _lines.Select(
            line => Regex.Replace(line, "\"time\":\"[^\"]*\",?", "").Replace(",}", "}", StringComparison.Ordinal));

        public void Emit(LogEvent logEvent) => _lines.Add(format.Event(logEvent));
    }
}
