using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Networking;
using P2PShare.Protocol.Transport;
using Serilog;

namespace P2PShare.Server.Metrics;

/// <summary>
/// Answers <c>GET /metrics</c> and <c>GET /healthz</c>: as much of HTTP/1.1 (RFC 9112) as Prometheus and a health check use, one request a
/// connection. It listens as the server itself does, so that port 0, IPv6 and every Host header work.
/// </summary>
/// <param name="readMetrics">Returns the metrics, in the text format of Prometheus.</param>
/// <param name="server">Its health is asked for.</param>
/// <param name="time">The clock of the time-out.</param>
/// <param name="log">Receives failed connections.</param>
internal sealed class MetricsEndpoint(Func<Task<string>> readMetrics, IServerReadings server, TimeProvider time, ILogger log)
    : IDisposable
{
    // Several Prometheus servers, a health check and somebody with curl, at the same moment.
    private const int MaxConnections = 16;
    private const int MaxHeaderLines = 100;

    // From the connection's first byte to the end of the answer.
    private static readonly TimeSpan ExchangeTime = TimeSpan.FromSeconds(10);

    private readonly ConnectionListener _listener = new(log, time, ConnectionFactory.ForThreadPool());
    private int _open;

    /// <summary>Where it listens, with the port that was assigned where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <exception cref="SocketException">The port is taken, or the address is not one of this machine's.</exception>
    public void Bind(IPEndPoint end) => _listener.Bind(end.Address, end.Port);

    /// <summary>Answers until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _listener.RunAsync(ServeAsync, cancellation);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Connection connection, CancellationToken cancellation)
    {
        var open = Interlocked.Increment(ref _open);
        try
        {
            if (open <= MaxConnections)
                await ExchangeAsync(connection, cancellation);
            else
                connection.Abort();
        }
        catch (LineTooLongException)
        {
            connection.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task ExchangeAsync(Connection connection, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(ExchangeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        await using var channel = new LineChannel(connection.Stream);
        if (await ReadHeadAsync(channel, either.Token) is { } requestLine)
            await AnswerAsync(requestLine, channel, either.Token);
    }

    // The request line; null where the head does not end.
    private static async Task<string?> ReadHeadAsync(LineChannel channel, CancellationToken cancellation)
    {
        string? requestLine = null;
        for (var lines = 0; lines < MaxHeaderLines; lines++)
        {
            if (await channel.ReadLineAsync(cancellation) is not { } line)
                return null;
            if (line.Length == 0 && requestLine is not null)
                return requestLine;
            requestLine ??= Encoding.ASCII.GetString(line.Span);
        }

        return null;
    }

    private async Task AnswerAsync(string requestLine, LineChannel channel, CancellationToken cancellation)
    {
        var words = requestLine.Split(' ');
        var method = words[0];
        var (status, type, body) = words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal)
            ? ("400 Bad Request", "text/plain", "This is HTTP/1.1.\n")
            : method is "GET" or "HEAD" ? await ReadAsync(words[1].Split('?')[0])
            : ("405 Method Not Allowed", "text/plain", "Only GET and HEAD are answered.\n");
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n"
            + (status.StartsWith("405", StringComparison.Ordinal) ? "Allow: GET, HEAD\r\n\r\n" : "\r\n");
        await channel.WriteBytesAsync(Encoding.ASCII.GetBytes(head), cancellation);
        if (method != "HEAD")
            await channel.WriteBytesAsync(bytes, cancellation);
    }

    private async Task<(string Status, string Type, string Body)> ReadAsync(string path) => path switch
    {
        "/metrics" => ("200 OK", PrometheusText.MediaType, await readMetrics()),
        "/healthz" when server.AcceptsSessions => ("200 OK", "text/plain", "ok\n"),
        "/healthz" => ("503 Service Unavailable", "text/plain", "the server takes no sessions now\n"),
        _ => ("404 Not Found", "text/plain", "There are /metrics and /healthz.\n"),
    };
}
