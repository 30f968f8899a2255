using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>The server as a service that programs start, watch and read.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServerServiceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_manager_is_told_when_the_server_is_ready_has_reopened_its_log_and_stops()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        await using var server = Start(new() { ["NOTIFY_SOCKET"] = _folder.File("notify"), ["P2PSHARE_SERVER_PORT"] = "0" });

        (await ReceiveAsync(manager)).Should().Be("READY=1");
        File.Move(_folder.File("server.log"), _folder.File("moved.log"));
        server.Signal(UnixSignal.HangUp);
        (await ReceiveAsync(manager)).Should().MatchRegex(@"^RELOADING=1\nMONOTONIC_USEC=\d+$");
        (await ReceiveAsync(manager)).Should().Be("READY=1");
        File.ReadAllText(_folder.File("server.log")).Should().Contain("the log file was opened anew");
        server.HasExited.Should().BeFalse();

        server.Signal(UnixSignal.Terminate);
        (await ReceiveAsync(manager)).Should().Be("STOPPING=1");
        (await server.WaitForExitAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Without_a_service_manager_a_closed_terminal_stops_the_server()
    {
        await using var server = Start(new() { ["NOTIFY_SOCKET"] = null }, "0");
        await server.WaitForLineAsync("Listening on");

        server.Signal(UnixSignal.HangUp);

        (await server.WaitForExitAsync()).Should().Be(0);
    }

    [Fact]
    public async Task With_json_standard_output_is_one_object_a_line_from_the_start_to_the_end()
    {
        await using var server = Start([], "0", "--json", "--log-json", "--metrics", "0");
        var port = PropertyOf(await server.WaitForLineAsync("listening"), "port").GetInt32();
        await server.WaitForLineAsync("metrics");
        using (var socket = new TcpClient("127.0.0.1", port))
        {
            await socket.GetStream().WriteAsync("PROTO_VERSION 1.0\nREGISTER yiğido\n"u8.ToArray());
            PropertyOf(await server.WaitForLineAsync("registered"), "user").GetString().Should().Be("yiğido");
        }

        PropertyOf(await server.WaitForLineAsync("left"), "session").GetInt64().Should().Be(1);
        server.Signal(UnixSignal.Terminate);
        (await server.WaitForExitAsync()).Should().Be(0);

        server.Output.Lines.Select(line => PropertyOf(line, "type").GetString()).Should().Equal(
            "listening", "encryption", "metrics", "registered", "left", "stopping", "stopped");
        File.ReadAllLines(_folder.File("server.log")).Should().AllSatisfy(line => PropertyOf(line, "@m").GetString().Should().NotBeEmpty());
        server.Errors.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task With_json_a_failure_is_an_object_with_a_code()
    {
        await using var other = await RunningServer.StartAsync();
        var port = other.Port.ToString(CultureInfo.InvariantCulture);
        foreach (var arguments in new[] { new[] { port }, ["0", "--metrics", port], ["0", "--metrics", $"0.0.0.0:{port}"] })
        {
            await using var server = Start([], [.. arguments, "--json"]);

            (await server.WaitForExitAsync()).Should().Be(5);

            PropertyOf(server.Output.Lines.Single(), "code").GetString().Should().Be("port-taken");
            server.Errors.Text.Should().StartWith("server: ").And.Contain(port);
        }
    }

    [Fact]
    public async Task The_metrics_of_a_running_server_count_what_clients_ask()
    {
        await using var server = Start(new() { ["P2PSHARE_SERVER_METRICS"] = "127.0.0.1:0" }, "0");
        var listening = await server.WaitForLineAsync("Listening on");
        var where = await server.WaitForLineAsync("Metrics: ");
        using var http = new HttpClient();
        var metrics = new Uri(where.Split(' ')[1]);
        (await http.GetStringAsync(new Uri(metrics, "/healthz"))).Should().Be("ok\n");

        using var socket = new TcpClient("127.0.0.1", int.Parse(listening.Split(':')[^1], CultureInfo.InvariantCulture));
        await socket.GetStream().WriteAsync("PROTO_VERSION 1.0\nREQUEST a\nREQUEST b\nX\n"u8.ToArray());

        await Eventually.True(
            async () => (await http.GetStringAsync(metrics))
                .Contains("{verb=\"REQUEST\",outcome=\"not_found\"} 2\n", StringComparison.Ordinal),
            "two requests to be counted");
        (await http.GetStringAsync(metrics)).Split('\n').Should().Contain([
            "p2pshare_server_sessions 1", "p2pshare_server_refusals_total{reason=\"unknown command\"} 1",
        ]);
    }

    private static JsonElement PropertyOf(string line, string name) => JsonDocument.Parse(line).RootElement.GetProperty(name);

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer).WaitAsync(Patience);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private ProgramProcess Start(Dictionary<string, string?> environment, params string[] arguments) =>
        ProgramProcess.Start(Programs.Server, arguments, _folder.Path, environment);
}
