using System.Globalization;
using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.Server.Tests;

/// <summary>What can only be tested with the program as a process.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_server_survives_more_connections_than_it_may_open_files()
    {
        using var folder = new TempFolder();
        await using var server = StartWithOpenFiles(400, folder);
        var listening = await server.WaitForLineAsync("Listening on");
        var port = int.Parse(listening[(listening.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        using var first = new TcpClient();
        (await TryConnectAsync(first, port)).Should().BeTrue();
        var session = new ServerClient(first.GetStream());
        (await session.AskAsync("PROTO_VERSION 1.0")).Should().StartWith("VERSION_OK");
        var crowd = new List<TcpClient>();
        for (var i = 0; i < 900; i++)
        {
            crowd.Add(new TcpClient());
            await TryConnectAsync(crowd[^1], port);
        }

        (await session.AskAsync("PING")).Should().Be("PONG");
        crowd.ForEach(client => client.Dispose());

        await Eventually.True(() => IsServedAsync(port), "the server to accept a connection again");
        server.Signal(UnixSignal.Terminate);
        (await server.WaitForExitAsync()).Should().Be(0);
        server.Errors.Text.Should().BeEmpty();
    }

    private static ProgramProcess StartWithOpenFiles(int limit, TempFolder folder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "server.dll");
        return ProgramProcess.Start("sh", ["-c", $"ulimit -n {limit} && exec dotnet '{program}' 0"], folder.Path);
    }

    // A connection too many is answered with BUSY or reset, perhaps before ConnectAsync returns.
    private static async Task<bool> TryConnectAsync(TcpClient client, int port)
    {
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsServedAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            return await TryConnectAsync(client, port)
                && await new ServerClient(client.GetStream()).AskAsync("PROTO_VERSION 1.0") is { } reply
                && reply.StartsWith("VERSION_OK", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
