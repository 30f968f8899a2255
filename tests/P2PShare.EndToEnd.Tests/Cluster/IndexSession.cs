using System.Net;
using System.Net.Sockets;
using System.Text;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>A session with a server, in clear text and in literal lines, one command at a time.</summary>
internal sealed class IndexSession : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Lists =
        ["LIST_FILES", "LIST_SHARES", "LOCATE", "LOCATE_ID", "LOCATE_PEERS", "SEARCH", "WHOIS", "SERVERS"];

    private readonly TcpClient _tcp;
    private readonly StreamReader _reader;

    private IndexSession(TcpClient tcp) => (_tcp, _reader) = (tcp, new StreamReader(tcp.GetStream(), Encoding.UTF8));

    /// <summary>Connects, and registers where a user name is given.</summary>
    public static async Task<IndexSession> ConnectAsync(RunningServer server, string? user = null, IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var tcp = new TcpClient(address.AddressFamily);
        await tcp.ConnectAsync(address, server.Port);
        var session = new IndexSession(tcp);
        (await session.AskAsync("PROTO_VERSION 1.0"))[0].Should().StartWith("VERSION_OK");
        if (user is not null)
            (await session.AskAsync($"REGISTER {user}")).Should().Equal("REGISTER_OK");
        return session;
    }

    /// <summary>Asks over a connection of its own.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(RunningServer server, string command)
    {
        using var session = await ConnectAsync(server);
        return await session.AskAsync(command);
    }

    /// <summary>Sends a command and returns the lines of its reply; of a list without the line that ends it.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(command + "\n"), deadline.Token);
        var isList = Lists.Contains(command.Split(' ')[0]);
        var lines = new List<string>();
        while (await _reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (isList && line.Split(' ')[0].EndsWith("_END", StringComparison.Ordinal))
                return lines;
            lines.Add(line);
            if (!isList || line.StartsWith("ERROR ", StringComparison.Ordinal))
                return lines;
        }

        throw new IOException($"the server closed the connection during {command}");
    }

    /// <summary>Announces a file of one byte, whose content its number decides.</summary>
    public async Task ShareAsync(string name, int number = 1, int port = 9001) =>
        (await AskAsync($"SHARE {number:x64} 1 {port} {name}")).Should().Equal("SHARE_OK");

    public void Dispose()
    {
        _reader.Dispose();
        _tcp.Dispose();
    }
}
