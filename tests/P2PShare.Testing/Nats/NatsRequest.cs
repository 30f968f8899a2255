using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Testing.Nats;

/// <summary>One request to NATS over a connection of its own, in the protocol's own lines.</summary>
public static class NatsRequest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends it and returns the reply.</summary>
    /// <param name="port">The port of <c>nats-server</c> on the loopback address.</param>
    /// <param name="subject">The subject, such as one of the JetStream API.</param>
    /// <param name="payload">The payload, in ASCII.</param>
    /// <exception cref="OperationCanceledException">
    /// There is no reply after five seconds: what is asked while the servers of a NATS cluster elect a leader is never answered.
    /// </exception>
    public static async Task<string> SendAsync(int port, string subject, string payload)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using var stream = tcp.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"CONNECT {{\"verbose\":false}}\r\nSUB test.reply 1\r\nPUB {subject} test.reply {payload.Length}\r\n{payload}\r\n"),
            deadline.Token);

        // INFO and PING may come before.
        while (await reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (!line.StartsWith("MSG ", StringComparison.Ordinal))
                continue;
            var reply = new char[int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)];
            await reader.ReadBlockAsync(reply, deadline.Token);
            return new string(reply);
        }

        throw new IOException("NATS closed the connection");
    }

    /// <summary>Creates a stream as an operator would.</summary>
    /// <param name="port">The port of <c>nats-server</c> on the loopback address.</param>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Its other settings, as members of a JSON object.</param>
    public static async Task CreateStreamAsync(int port, string name, string settings)
    {
        var reply = await SendAsync(port, $"$JS.API.STREAM.CREATE.{name}", $$"""{"name":"{{name}}",{{settings}}}""");
        if (reply.Contains("\"error\"", StringComparison.Ordinal))
            throw new InvalidOperationException(reply);
    }
}
