using System.Net;
using System.Net.Sockets;
using P2PShare.Server.Metrics;
using P2PShare.Server.Registry;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Server.Tests.Metrics;

public sealed class MetricsEndpointTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FixedReadings _readings = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly MetricsService _metrics;
    private Task _serving = Task.CompletedTask;

    public MetricsEndpointTests() =>
        _metrics = new MetricsService(new ServerCounters(), _readings, () => default(RegistryCounts), _time, Logger.None);

    public Task InitializeAsync()
    {
        _metrics.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = _metrics.RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(Patience);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task The_metrics_are_served_under_any_name_of_this_machine()
    {
        foreach (var host in new[] { "127.0.0.1", "localhost" })
        {
            using var response = await _client.GetAsync(UriOf("/metrics", host));

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
            (await response.Content.ReadAsStringAsync()).Split('\n').Should().Contain([
                "p2pshare_server_sessions 4", "p2pshare_server_event_loop_lag_seconds{loop=\"0\"} 1",
            ]);
        }
    }

    [Fact]
    public async Task The_health_is_200_while_the_server_accepts_sessions_and_503_otherwise()
    {
        (await StatusOfAsync(HttpMethod.Get, "/healthz")).Should().Be(HttpStatusCode.OK);

        _readings.AcceptsSessions = false;

        (await StatusOfAsync(HttpMethod.Get, "/healthz?verbose")).Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Other_paths_methods_and_protocols_are_refused()
    {
        (await StatusOfAsync(HttpMethod.Get, "/")).Should().Be(HttpStatusCode.NotFound);
        (await StatusOfAsync(HttpMethod.Head, "/healthz")).Should().Be(HttpStatusCode.OK);
        (await StatusOfAsync(HttpMethod.Post, "/metrics")).Should().Be(HttpStatusCode.MethodNotAllowed);
        (await AskAsync("PROTO_VERSION 1.0\n\n")).Should().StartWith("HTTP/1.1 400 ");
        (await AskAsync("GET /healthz HTTP/1.0\n\n")).Should().StartWith("HTTP/1.1 200 ").And.EndWith("\r\n\r\nok\n");
    }

    [Fact]
    public async Task A_head_that_does_not_end_is_given_up_after_ten_seconds()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync("GET /metrics HTTP/1.1\r\n"u8.ToArray());
        await Eventually.True(() => _time.ArmedTimers == 1, "the time-out to be set");

        _time.Advance(TimeSpan.FromSeconds(10));

        (await ReadToEndAsync(socket)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_head_without_bound_is_not_read()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync("GET /metrics HTTP/1.1\r\n"u8.ToArray());
        for (var line = 0; line < 100; line++)
            await socket.SendAsync("X: y\r\n"u8.ToArray());

        (await ReadToEndAsync(socket)).Should().BeEmpty();
    }

    [Fact]
    public async Task Connections_beyond_a_few_are_reset_and_the_others_are_answered()
    {
        var waiting = new List<Socket>();
        for (var i = 0; i < 16; i++)
            waiting.Add(await ConnectAsync());
        await Eventually.True(() => _time.ArmedTimers == 16, "16 connections to be accepted");

        (await ReceiveOfLateAsync()).Should().BeEmpty();

        await waiting[0].SendAsync("GET /healthz HTTP/1.1\r\n\r\n"u8.ToArray());
        (await ReadToEndAsync(waiting[0])).Should().StartWith("HTTP/1.1 200 OK\r\n");
        waiting.ForEach(socket => socket.Dispose());
    }

    private Uri UriOf(string path, string host = "127.0.0.1") => new($"http://{host}:{_metrics.LocalEndPoint.Port}{path}");

    private async Task<HttpStatusCode> StatusOfAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, UriOf(path));
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string> AskAsync(string head)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(head));
        return await ReadToEndAsync(socket);
    }

    private async Task<string> ReceiveOfLateAsync()
    {
        try
        {
            using var socket = await ConnectAsync();
            return await ReadToEndAsync(socket);
        }
        catch (SocketException)
        {
            // Reset before the system has said that the connection is made.
            return "";
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_metrics.LocalEndPoint);
        return socket;
    }

    // What was received until the end or the reset of the connection.
    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = "";
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Patience) is > 0 and var count)
                text += System.Text.Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Reset.
        }

        return text;
    }
}
